using CoinPay.Acceptance.World;
using Xunit;

namespace CoinPay.Acceptance.Kills;

/// <summary>Two hosts of different names on one task hub, as instances in Azure are.</summary>
public sealed class TwoHostTests(TwoHostWorld world) : IClassFixture<TwoHostWorld>
{
    private const int Orders = 4;

    [Fact]
    public async Task Two_hosts_do_nothing_twice_and_one_ends_what_the_other_had_begun_when_it_was_killed()
    {
        Sale[] before = await OpenAsync("before");
        await Task.WhenAll(before.Select(sale => sale.PayAsync()));
        await before[0].ConfirmAsync();
        await before[1].ConfirmAsync();
        await Task.WhenAll(before.Select(sale => sale.EndsPaidOnceAsync()));
        // Nobody was killed yet: each event was sent once.
        Assert.Equal(world.Receiver.All.Count, world.Receiver.All.Select(received => received.Id).Distinct().Count());

        Sale[] during = await OpenAsync("during");
        await Task.WhenAll(during.Select(sale => sale.PayAsync()));
        await Task.WhenAny(during.Select(sale => sale.IsSeenAsync()));
        await world.LoseTheFirstAsync();
        await during[0].ConfirmAsync();
        await during[1].ConfirmAsync();

        await Task.WhenAll(during.Select(sale => sale.EndsPaidOnceAsync()));
        Sale[] all = [.. before, .. during];
        Assert.Equal(all.Length, all.Select(sale => sale.Address).Distinct().Count());
        Assert.Empty(await world.Second.EndedInstancesAsync());
    }

    /// <summary>Some on each chain, at either host.</summary>
    private async Task<Sale[]> OpenAsync(string key)
    {
        List<Sale> sales = [];
        for (int order = 0; order < Orders; order++)
        {
            world.Ask(order % 2 == 0 ? world.Gateway : world.Second);
            sales.AddRange(await Sale.OpenBothAsync(world, $"{key}-{order}"));
        }
        return [.. sales];
    }
}
