using System.Diagnostics;
using System.Text.Json;
using CoinPay.Functions.Docs;

namespace CoinPay.Testing.Gateway;

/// <summary>A call and its answer, as the OpenAPI document is to describe them.</summary>
internal sealed record Exchange(
    string? Operation, string Method, string? Path, string? Request, int Status,
    IReadOnlyDictionary<string, string> Headers, string Response);

/// <summary>
/// Holds what the tests see to the OpenAPI document: one process of npm's ajv for all of them, which ends with this one.
/// </summary>
internal sealed class OpenApiWitness
{
    private static readonly Lazy<OpenApiWitness> Shared = new(() => new());
    private static readonly SemaphoreSlim OneAtATime = new(1, 1);

    private readonly Process _node;

    private OpenApiWitness()
    {
        Document = Path.Combine(Path.GetTempPath(), $"coinpay-openapi-{Environment.ProcessId}.json");
        File.WriteAllBytes(Document, OpenApiDocument.Json.ToArray());
        ProcessStartInfo start = new(
            "node", [Path.Combine(RepositoryFiles.Root, "tests/witness/openapi-validator.mjs"), Document])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["COINPAY_TOOLS"] = RepositoryFiles.Tools;
        _node = Process.Start(start) ?? throw new InvalidOperationException("node did not start");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(Document);
    }

    /// <summary>Where the document stands as a file.</summary>
    public string Document { get; }

    public static OpenApiWitness Instance => Shared.Value;

    /// <summary>Fails the test when the document does not describe the exchange.</summary>
    public static async Task CheckAsync(Exchange exchange)
    {
        string wrong = await Instance.AskAsync(exchange);
        Assert.True(wrong.Length == 0, $"{exchange.Method} {exchange.Path ?? exchange.Operation}: {wrong}");
    }

    /// <summary>What is wrong with the document's own examples.</summary>
    public static Task<string> ExamplesAsync() => Instance.AskAsync(new { examples = true });

    private async Task<string> AskAsync<T>(T question)
    {
        await OneAtATime.WaitAsync();
        try
        {
            await _node.StandardInput.WriteLineAsync(JsonSerializer.Serialize(question, JsonSerializerOptions.Web));
            await _node.StandardInput.FlushAsync();
            string line = await _node.StandardOutput.ReadLineAsync()
                ?? throw new InvalidOperationException("the validator has ended");
            return JsonSerializer.Deserialize<string>(line)!;
        }
        finally
        {
            OneAtATime.Release();
        }
    }
}
