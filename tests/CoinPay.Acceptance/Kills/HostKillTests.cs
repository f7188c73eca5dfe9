using CoinPay.Acceptance.World;
using Xunit;

namespace CoinPay.Acceptance.Kills;

/// <summary>kill -9 of the host with the app in its process, on real nodes and Azurite.</summary>
public sealed class HostKillTests(TestWorld world) : IClassFixture<TestWorld>
{
    [Fact]
    public async Task Invoices_that_were_confirming_on_both_chains_at_a_kill_end_paid_once()
    {
        Sale[] sales = await Sale.OpenBothAsync(world, "kill");
        await Task.WhenAll(sales.Select(sale => sale.PayAsync()));
        await Task.WhenAll(sales.Select(sale => sale.IsAsync("confirming")));

        await world.Gateway.KillAsync();
        await Task.WhenAll(sales.Select(sale => sale.ConfirmAsync()));
        await world.Gateway.StartAsync();

        await Task.WhenAll(sales.Select(sale => sale.EndsPaidOnceAsync()));
        Assert.Empty(await world.Gateway.EndedInstancesAsync());
    }
}
