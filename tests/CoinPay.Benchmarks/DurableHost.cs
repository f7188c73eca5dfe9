using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CoinPay.Testing;
using CoinPay.Testing.Processes;

namespace CoinPay.Benchmarks;

/// <summary>CoinPay.Host with the test app, whose <c>DurableLoad</c> runs the orchestrations that are measured.</summary>
internal sealed class DurableHost : IAsyncDisposable
{
    /// <summary>Functions of the test app that would ask the storage for work meanwhile.</summary>
    private static readonly string[] Unmeasured = ["OnText", "OnOrder", "OnMessage", "Often", "Seldom", "Never", "AtStart"];

    private readonly LocalProcess _process;
    private readonly HttpClient _http;

    private DurableHost(LocalProcess process, HttpClient http) => (_process, _http) = (process, http);

    public int ProcessId => _process.Id;

    public static async Task<DurableHost> StartAsync(string storage)
    {
        Uri address = new($"http://127.0.0.1:{LocalProcess.FreePort()}");
        HttpClient http = new() { BaseAddress = address, Timeout = TimeSpan.FromMinutes(5) };
        LocalProcess process = await LocalProcess.StartAsync(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "CoinPay.Host.dll"), "--app", App],
            async _ => (await http.GetAsync(new Uri("/health/ready", UriKind.Relative))).StatusCode == HttpStatusCode.OK,
            new Dictionary<string, string?>(
                Unmeasured.Select(function => KeyValuePair.Create<string, string?>($"AzureWebJobs__{function}__Disabled", "true")), StringComparer.Ordinal)
            {
                ["AzureWebJobsStorage"] = storage,
                ["ASPNETCORE_URLS"] = address.ToString(),
                ["AzureFunctionsJobHost__extensions__durableTask__hubName"] = "Bench",
                ["AzureFunctionsJobHost__logging__logLevel__default"] = "Warning",
            },
            AppContext.BaseDirectory);
        return new(process, http);
    }

    /// <summary>Runs that many instances of an orchestrator at once: how long all took, and each.</summary>
    public async Task<(TimeSpan Took, IReadOnlyList<TimeSpan> Each)> RunAsync(string orchestrator, int count)
    {
        using HttpResponseMessage answer = await _http.PostAsync(new Uri($"/load/{orchestrator}?count={count}", UriKind.Relative), null);
        JsonElement figures = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        return (
            TimeSpan.FromMilliseconds(figures.GetProperty("took").GetDouble()),
            [.. figures.GetProperty("each").EnumerateArray().Select(each => TimeSpan.FromMilliseconds(each.GetDouble()))]);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    /// <summary>Built with this program: its own folder has its own host.json.</summary>
    private static string App => Path.Combine(
        RepositoryFiles.Root, "tests/CoinPay.Host.TestApp/bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0",
        "CoinPay.Host.TestApp.dll");
}
