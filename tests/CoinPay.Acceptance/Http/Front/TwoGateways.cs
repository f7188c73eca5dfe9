using CoinPay.Testing.Gateway;
using CoinPay.Testing.Processes;
using Xunit;

namespace CoinPay.Acceptance.Http.Front;

/// <summary>The front in memory and the host as a process, with the same settings as far as an answer shows them.</summary>
public sealed class TwoGateways : IAsyncLifetime
{
    private Azurite? _azurite;
    private GatewayProcess? _process;
    private MemoryGateway? _memory;

    internal ContractGateway Front { get; private set; } = null!;

    internal ContractGateway Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _azurite = await Azurite.StartAsync();
        _process = await GatewayProcess.StartAsync(_azurite.ConnectionString, new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["CoinPay__Limits__RequestsPerKey"] = "0",
            ["CoinPay__Limits__RequestsPerAddress"] = "0",
        });
        _memory = await MemoryGateway.StartAsync(
            ("CoinPay:Webhooks:AllowLoopback", "true"), ("CoinPay:WalletDelay", "00:00:00"));
        Host = await ContractGateway.OpenAsync(_process.Address, GatewayProcess.OperatorKey);
        Front = await ContractGateway.OpenAsync(_memory.Address, MemoryGateway.OperatorKey);
    }

    public async ValueTask DisposeAsync()
    {
        Front?.Dispose();
        Host?.Dispose();
        if (_memory is not null)
            await _memory.DisposeAsync();
        if (_process is not null)
            await _process.DisposeAsync();
        if (_azurite is not null)
            await _azurite.DisposeAsync();
    }
}
