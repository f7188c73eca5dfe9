using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CoinPay.Testing.Processes;

/// <summary>The real gateway as one process, as scripts/run.sh starts it. It can be killed and started again on the same storage.</summary>
internal sealed partial class GatewayProcess : IAsyncDisposable
{
    public const string OperatorKey = "operator-key-of-a-test-0123456789";
    public const string SystemKey = "system-key-of-a-test-0123456789";

    private const int MaxLines = 40;

    private readonly IReadOnlyDictionary<string, string?> _environment;
    private readonly string[] _arguments;
    private readonly List<LocalProcess> _processes = [];

    private GatewayProcess(IReadOnlyDictionary<string, string?> environment, string[] arguments, Uri address)
    {
        _environment = environment;
        _arguments = arguments;
        Address = address;
    }

    public Uri Address { get; }

    public int Id => _processes[^1].Id;

    /// <summary>The process of the app that was started last, if it runs beside its host (<c>--out-of-process</c>).</summary>
    public int WorkerId => int.Parse(
        WorkerLine().Matches(_processes[^1].Output)[^1].Groups["id"].Value, CultureInfo.InvariantCulture);

    /// <summary>Everything that the processes of this gateway have printed.</summary>
    public string Log => string.Concat(_processes.Select(process => process.Output));

    /// <param name="storage">Connection string of the storage account.</param>
    /// <param name="settings">Networks and a test's own settings; null removes a setting.</param>
    /// <param name="arguments">Options of the host.</param>
    public static async Task<GatewayProcess> StartAsync(
        string storage, IReadOnlyDictionary<string, string?> settings, params string[] arguments)
    {
        Uri address = new($"http://127.0.0.1:{LocalProcess.FreePort()}");
        Dictionary<string, string?> environment = new(StringComparer.Ordinal)
        {
            ["AzureWebJobsStorage"] = storage,
            ["ASPNETCORE_URLS"] = address.ToString(),
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
            ["PollSchedule"] = "*/1 * * * * *",
            ["CoinPay__OperatorKey"] = OperatorKey,
            ["CoinPay__KeyPepper"] = "pepper-of-a-test-0123456789",
            ["CoinPay__SecretsKey"] = Convert.ToBase64String(new byte[32]),
            ["CoinPay__Webhooks__AllowLoopback"] = "true",
            ["CoinPay__WalletDelay"] = "00:00:00",
            ["CoinPay__Limits__RequestsPerKey"] = "1000",
            ["CoinPay__Limits__RequestsPerAddress"] = "1000",
            ["CoinPay__Rates__EUR__USDT"] = "1.0812",
            ["CoinPayHost__SystemKey"] = SystemKey,
        };
        foreach ((string name, string? value) in settings)
            environment[name] = value;
        GatewayProcess gateway = new(environment, arguments, address);
        await gateway.StartAsync();
        return gateway;
    }

    /// <summary>Starts a process; for a gateway that was killed, on the same storage and address.</summary>
    public async Task StartAsync()
    {
        using HttpClient http = new() { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(2) };
        _processes.Add(await LocalProcess.StartAsync(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "CoinPay.Host.dll"), .. _arguments],
            async _ => (await http.GetAsync(new Uri("/health/live", UriKind.Relative))).StatusCode == HttpStatusCode.OK,
            _environment,
            AppContext.BaseDirectory));
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync() => _processes[^1].KillAsync();

    /// <summary>SIGTERM: a graceful stop.</summary>
    public Task StopAsync() => _processes[^1].StopAsync();

    /// <summary>kill -9 of the app alone, which runs beside its host.</summary>
    public async Task KillWorkerAsync()
    {
        using Process worker = Process.GetProcessById(WorkerId);
        worker.Kill();
        await worker.WaitForExitAsync();
    }

    /// <summary>The failed or terminated orchestrations, from the management API.</summary>
    public async Task<string[]> EndedInstancesAsync()
    {
        using HttpClient http = new() { BaseAddress = Address };
        string listed = await http.GetStringAsync(new Uri(
            $"/runtime/webhooks/durabletask/instances?runtimeStatus=Failed,Terminated,Canceled&code={SystemKey}", UriKind.Relative));
        return [.. JsonNode.Parse(listed)!.AsArray().Select(instance => instance!.ToJsonString())];
    }

    /// <summary>
    /// Explains a wait that ended: the history of each invoice's orchestration named in <paramref name="what"/>, and the end of the
    /// log without the lines that every execution writes.
    /// </summary>
    public async Task<string> ExplainAsync(string what)
    {
        string[] invoices = [.. InvoiceId().Matches(what).Select(match => match.Value).Distinct()];
        IEnumerable<string> histories = await Task.WhenAll(invoices.Select(HistoryAsync));
        string[] lines = Log.Split('\n');
        IEnumerable<string> about = lines.Where(line => invoices.Any(id => line.Contains(id, StringComparison.Ordinal))).TakeLast(MaxLines);
        IEnumerable<string> last = lines.Where(line => !line.Contains(" info Function.", StringComparison.Ordinal)).TakeLast(MaxLines);
        return string.Join('\n', [.. histories, "-- its lines", .. about, "-- the last lines", .. last]);
    }

    private async Task<string> HistoryAsync(string invoice)
    {
        using HttpClient http = new() { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(10) };
        try
        {
            return await http.GetStringAsync(new Uri(
                $"/runtime/webhooks/durabletask/instances/{invoice}?showHistory=true&showHistoryOutput=true&code={SystemKey}", UriKind.Relative));
        }
        catch (Exception failed) when (failed is HttpRequestException or TaskCanceledException)
        {
            return $"no history of {invoice}: {failed.Message}";
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (LocalProcess process in _processes)
            await process.DisposeAsync();
    }

    [GeneratedRegex("inv_[0-9a-z]{26}", RegexOptions.NonBacktracking)]
    private static partial Regex InvoiceId();

    [GeneratedRegex("The worker runs as process (?<id>[0-9]+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex WorkerLine();
}
