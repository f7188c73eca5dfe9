using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CoinPay.Host.TestApp;
using CoinPay.Testing.Processes;
using Xunit;

namespace CoinPay.Host.Tests.World;

/// <summary>CoinPay.Host as a process, with the small app of CoinPay.Host.TestApp.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    public const string SystemKey = "system-key";

    /// <summary>As options of a start.</summary>
    public static readonly string[] InProcess = [], OutOfProcess = ["--out-of-process"];

    private readonly LocalProcess _process;

    private HostProcess(LocalProcess process, Uri address)
    {
        _process = process;
        Http = new() { BaseAddress = address, Timeout = Eventually.Patience };
    }

    public HttpClient Http { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public string Output => _process.Output;

    private static string HostFile => Path.Combine(AppContext.BaseDirectory, "CoinPay.Host.dll");

    private static string AppFile => Path.Combine(
        AppContext.BaseDirectory.Replace("CoinPay.Host.Tests", "CoinPay.Host.TestApp", StringComparison.Ordinal), "CoinPay.Host.TestApp.dll");

    /// <summary>Starts it and waits until it listens; throws with what it printed if it ends before.</summary>
    public static async Task<HostProcess> LaunchAsync(string[] options, IReadOnlyDictionary<string, string?> environment)
    {
        Dictionary<string, string?> settings = new(environment, StringComparer.Ordinal);
        settings.TryAdd("ASPNETCORE_URLS", $"http://127.0.0.1:{LocalProcess.FreePort()}");
        Uri address = new(settings["ASPNETCORE_URLS"]!.Split(';')[0]);
        using HttpClient probe = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };
        LocalProcess process = await LocalProcess.StartAsync(
            "dotnet", [HostFile, "--app", AppFile, .. options],
            async _ => await probe.GetAsync(new Uri("/health/ready", UriKind.Relative)) is not null,
            settings, timeout: Eventually.Patience);
        return new(process, address);
    }

    /// <summary>Runs a host that cannot start, with nothing but these options and settings, and returns what it printed and its exit code.</summary>
    public static async Task<(string Output, int ExitCode)> FailAsync(string[] options, params (string Name, string? Value)[] settings)
    {
        LocalProcess process = await LocalProcess.StartAsync(
            "dotnet", [HostFile, .. options], _ => Task.FromResult(true), settings.ToDictionary(setting => setting.Name, setting => setting.Value));
        HostProcess host = new(process, new("http://127.0.0.1"));
        await host.HasEndedAsync();
        await using (host)
            return (host.Output, host.ExitCode);
    }

    /// <summary>The option that makes a host run the test app.</summary>
    public static string[] WithTestApp => ["--app", AppFile];

    public async Task IsReadyAsync()
    {
        string last = "";
        await Eventually.UntilAsync(
            async () => !HasExited
                ? (last = await ReadinessAsync()).Contains("\"status\":\"ready\"", StringComparison.Ordinal)
                : throw new InvalidOperationException($"the host ended with {ExitCode}:\n{Output}"),
            () => $"the host is ready. It says {last} and has printed:\n{Output}");
    }

    /// <summary>What <c>/health/ready</c> says; empty if nothing answers.</summary>
    public async Task<string> ReadinessAsync()
    {
        try
        {
            using HttpResponseMessage answer = await Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return await answer.Content.ReadAsStringAsync();
        }
        catch (HttpRequestException)
        {
            return "";
        }
    }

    /// <summary>The process in which functions run.</summary>
    public async Task<int> WorkerIdAsync() => (await MirrorAsync()).ProcessId;

    public async Task<Reflection> MirrorAsync(params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/mirror");
        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using HttpResponseMessage answer = await Http.SendAsync(request);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Reflection>())!;
    }

    /// <summary>Posts until an answer says that it was done: a host without a worker answers 503.</summary>
    public Task PostAsync(string path) => Eventually.UntilAsync(
        async () =>
        {
            try
            {
                using HttpResponseMessage answer = await Http.PostAsync(new Uri(path, UriKind.Relative), content: null);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        },
        () => $"POST {path} on:\n{Output}");

    /// <summary>An orchestration as the management API shows it; null if there is none.</summary>
    public async Task<JsonNode?> InstanceAsync(string id)
    {
        using HttpResponseMessage answer = await Http.GetAsync(Instances($"/{id}"));
        return answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync()) : null;
    }

    /// <summary>An address of the management API, with the key.</summary>
    public static Uri Instances(string rest) => new(
        $"/runtime/webhooks/durabletask/instances{rest}{(rest.Contains('?', StringComparison.Ordinal) ? '&' : '?')}code={SystemKey}", UriKind.Relative);

    /// <summary>Waits until the instance has got there, or has ended.</summary>
    public async Task<JsonNode> UntilAsync(string id, Func<JsonNode, bool> reached)
    {
        JsonNode? shown = null;
        await Eventually.UntilAsync(
            async () => (shown = await InstanceAsync(id)) is not null && (reached(shown) || HasEnded(shown)),
            () => $"{id}, which is {shown?.ToJsonString()}, on:\n{Output}");
        return shown!;
    }

    public Task<JsonNode> EndAsync(string id) => UntilAsync(id, HasEnded);

    public static bool HasEnded(JsonNode instance) => (string?)instance["runtimeStatus"] is "Completed" or "Failed" or "Terminated" or "Canceled";

    public Task SignalAsync(string signal) => SignalAsync(signal, Id);

    public static async Task SignalAsync(string signal, int process)
    {
        using Process kill = Process.Start("kill", ["-" + signal, process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    public Task HasEndedAsync() => Eventually.UntilAsync(() => HasExited, () => $"the host ended:\n{Output}");

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
    }
}
