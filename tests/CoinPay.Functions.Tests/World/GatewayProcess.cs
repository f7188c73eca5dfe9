using System.Net;
using CoinPay.Tests;

namespace CoinPay.Functions.Tests.World;

/// <summary>The real gateway as one process, as scripts/run.sh starts it. It can be killed and started again on the same storage.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    public const string OperatorKey = "operator-key-of-a-test-0123456789";
    public const string SystemKey = "system-key-of-a-test-0123456789";

    private readonly IReadOnlyDictionary<string, string?> _environment;
    private readonly List<LocalProcess> _processes = [];

    private GatewayProcess(IReadOnlyDictionary<string, string?> environment, Uri address)
    {
        _environment = environment;
        Address = address;
    }

    public Uri Address { get; }

    public int Id => _processes[^1].Id;

    /// <summary>All that every process of this gateway has printed.</summary>
    public string Log => string.Concat(_processes.Select(process => process.Output));

    /// <param name="storage">Connection string of the storage account.</param>
    /// <param name="settings">Networks and whatever a test wants otherwise; null takes a setting away.</param>
    public static async Task<GatewayProcess> StartAsync(string storage, IReadOnlyDictionary<string, string?> settings)
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
        GatewayProcess gateway = new(environment, address);
        await gateway.StartAsync();
        return gateway;
    }

    /// <summary>Starts a process; for a gateway that was killed, on the same storage and address.</summary>
    public async Task StartAsync()
    {
        using HttpClient http = new() { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(2) };
        _processes.Add(await LocalProcess.StartAsync(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "CoinPay.Host.dll")],
            async _ => (await http.GetAsync(new Uri("/health/live", UriKind.Relative))).StatusCode == HttpStatusCode.OK,
            _environment,
            AppContext.BaseDirectory));
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync() => _processes[^1].KillAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (LocalProcess process in _processes)
            await process.DisposeAsync();
    }
}
