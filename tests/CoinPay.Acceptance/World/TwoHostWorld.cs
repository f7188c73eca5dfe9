using CoinPay.Testing.Processes;

namespace CoinPay.Acceptance.World;

/// <summary>A world with a second host on the same storage account.</summary>
public sealed class TwoHostWorld : TestWorld
{
    internal GatewayProcess Second { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Second = await GatewayProcess.StartAsync(Azurite.ConnectionString, Networks());
    }

    /// <summary>kill -9 of the first host, which has the partitions and the timers; the shop asks the other from then on.</summary>
    internal async Task LoseTheFirstAsync()
    {
        await Gateway.KillAsync();
        Ask(Second);
    }

    public override async ValueTask DisposeAsync()
    {
        await Second.DisposeAsync();
        await base.DisposeAsync();
    }
}
