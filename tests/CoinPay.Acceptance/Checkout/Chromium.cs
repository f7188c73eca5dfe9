using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoinPay.Testing;

namespace CoinPay.Acceptance.Checkout;

/// <summary>What to look at, and how: the fields of tests/witness/browse.mjs.</summary>
internal sealed record Visit(Uri Url)
{
    public bool Javascript { get; init; } = true;

    public bool Dark { get; init; }

    public int Width { get; init; } = 400;

    public string? Screenshot { get; init; }

    /// <summary>A text to wait for before anything is judged.</summary>
    public string? Until { get; init; }

    /// <summary>A copy button to press.</summary>
    public string? Click { get; init; }

    /// <summary>Rules of axe that do not apply, each with its reason where it is named.</summary>
    public string[] RulesOff { get; init; } = [];
}

/// <summary>A real Chromium, started once for all visits; each visit has a private window of its own.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    /// <summary>Why page tests are skipped where there is none.</summary>
    public const string Missing =
        "No Chromium on PATH and none in COINPAY_CHROMIUM: install Debian's chromium (scripts/setup.sh does where it may) to run the page tests.";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private readonly Process _node;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonNode>> _visits = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _writing = new(1);
    private int _count;

    private Chromium(Process node) => _node = node;

    /// <summary>The browser's program: COINPAY_CHROMIUM, or what is on PATH; null where there is none.</summary>
    public static string? Program { get; } = Environment.GetEnvironmentVariable("COINPAY_CHROMIUM") is { Length: > 0 } named
        ? Existing([named])
        : Existing(
            from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            from name in Names
            select Path.Combine(folder, name));

    private static string? Existing(IEnumerable<string> paths) => paths.FirstOrDefault(File.Exists);

    public static Chromium Start()
    {
        ProcessStartInfo start = new("node", [Path.Combine(RepositoryFiles.Root, "tests/witness/browse.mjs"), Program!])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["COINPAY_TOOLS"] = RepositoryFiles.Tools;
        Chromium browser = new(Process.Start(start) ?? throw new InvalidOperationException("node did not start"));
        _ = browser.ReadAsync();
        return browser;
    }

    /// <summary>Opens a page and answers what was found on it; throws what the browser could not do.</summary>
    public async Task<JsonNode> SeeAsync(Visit visit)
    {
        string id = Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture);
        TaskCompletionSource<JsonNode> found = _visits[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        JsonObject wanted = JsonSerializer.SerializeToNode(visit, JsonSerializerOptions.Web)!.AsObject();
        wanted["id"] = id;
        await _writing.WaitAsync();
        try
        {
            await _node.StandardInput.WriteLineAsync(wanted.ToJsonString());
            await _node.StandardInput.FlushAsync();
        }
        finally
        {
            _writing.Release();
        }
        JsonNode answer = await found.Task.WaitAsync(Patience);
        return answer["error"] is { } error ? throw new InvalidOperationException($"{visit.Url}: {error}") : answer;
    }

    public async ValueTask DisposeAsync()
    {
        _node.StandardInput.Close();
        try
        {
            await _node.WaitForExitAsync().WaitAsync(Patience);
        }
        finally
        {
            if (!_node.HasExited)
                _node.Kill(entireProcessTree: true);
            _node.Dispose();
            _writing.Dispose();
        }
    }

    private async Task ReadAsync()
    {
        while (await _node.StandardOutput.ReadLineAsync() is { } line)
            if (JsonNode.Parse(line) is { } found && _visits.TryRemove(found["id"]!.GetValue<string>(), out var waiting))
                waiting.SetResult(found);
        foreach (TaskCompletionSource<JsonNode> left in _visits.Values)
            left.TrySetException(new InvalidOperationException("the browser ended"));
    }
}
