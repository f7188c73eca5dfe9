using System.Globalization;
using CoinPay.Acceptance.World;
using Xunit;

namespace CoinPay.Acceptance.Kills;

/// <summary>
/// kill -9 at random moments while a shop goes on creating invoices and customers go on paying them, on real nodes. COINPAY_KILLS
/// says how often in all, COINPAY_KILL_WORLDS in how many worlds at once (scripts/soak.sh: 60 in 3), COINPAY_SEED repeats a run's moments.
/// </summary>
public sealed class RandomKillTests(ITestOutputHelper output)
{
    private static readonly int Kills = Setting("COINPAY_KILLS", 1);
    private static readonly int Worlds = Setting("COINPAY_KILL_WORLDS", 1);
    private static readonly int Seed = Setting("COINPAY_SEED", Environment.TickCount & int.MaxValue);
    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Whatever_is_paid_ends_paid_with_one_line_a_payment_and_one_id_an_event()
    {
        output.WriteLine($"COINPAY_SEED={Seed} COINPAY_KILLS={Kills} COINPAY_KILL_WORLDS={Worlds}");
        await Task.WhenAll(Enumerable.Range(0, Worlds).Select(LiveAsync));
    }

    /// <summary>A world's share of the kills; every other world runs the app beside its host.</summary>
    private static async Task LiveAsync(int number)
    {
        await using TestWorld world = number % 2 == 0 ? new TestWorld() : new OutOfProcessWorld();
        await world.InitializeAsync();
        Random random = new(Seed + number);
        List<Task<Sale>> sales = [];
        for (int kill = number; kill < Kills; kill += Worlds)
        {
            Sale[] underWay = await Sale.OpenBothAsync(world, $"before-{kill}");
            await Task.WhenAll(underWay.Select(sale => sale.PayAsync()));
            sales.AddRange(underWay.Select(Task.FromResult));
            // Polling has resumed since the last kill, and there is work to interrupt.
            await Task.WhenAll(underWay.Select(sale => sale.IsSeenAsync()));
            sales.AddRange(new[] { "anvil", "bitcoin-regtest" }.Select(network => SellAsync(world, network, $"amid-{kill}-{network}")));
            await Task.Delay(random.Next((int)LongestLife.TotalMilliseconds));
            await world.Gateway.KillAsync();
            await world.Gateway.StartAsync();
        }
        Sale[] all = await Task.WhenAll(sales);
        await world.Anvil.MineAsync(20);
        await world.Bitcoind.MineAsync(6);
        await Task.WhenAll(all.Select(sale => sale.EndsPaidOnceAsync()));
        Assert.Empty(await world.Gateway.EndedInstancesAsync());
    }

    private static async Task<Sale> SellAsync(TestWorld world, string network, string key)
    {
        Sale sale = await Sale.OpenAsync(world, network, key);
        await sale.PayAsync();
        return sale;
    }

    private static int Setting(string name, int otherwise) =>
        int.Parse(Environment.GetEnvironmentVariable(name) ?? otherwise.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
