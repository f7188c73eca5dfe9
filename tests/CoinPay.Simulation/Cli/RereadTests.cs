using System.Runtime.ExceptionServices;
using System.Text.Json;
using CoinPay.Chains;
using CoinPay.Cli;
using CoinPay.Simulation.Chains;
using CoinPay.Simulation.Checks;
using CoinPay.Simulation.Shops;
using CoinPay.Testing.Chains;
using Xunit;

namespace CoinPay.Simulation.Cli;

/// <summary>A reorg deeper than the cursor's hashes: what happens until an operator acts, and after.</summary>
public sealed class RereadTests
{
    private const int RangeOfBlocks = 1_100;
    private const int TooDeep = 1_030;
    private static readonly Network Network = OfferedNetworks.OfBitcoinsKind;

    [Fact]
    public void A_reorg_too_deep_to_follow_changes_nothing_until_the_network_is_read_again_and_then_reverses_what_is_gone() => Alone(() =>
    {
        Simulation.World world = Begin();
        ModelNode node = world.NodeOf(Network.Name);
        Mine(world, node, RangeOfBlocks);
        Order order = Sell(world);
        Pay.Whole(world, order);
        long last = node.Chain.Height;
        Mine(world, node, TooDeep);
        Assert.True(IsPaid(world, order));

        node.Chain.Reorganise(TooDeep, dropped: 1);
        Poll(world);
        Poll(world);
        Assert.True(IsPaid(world, order));
        Assert.Throws<RefusedException>(() => Reread(world, last));
        long[] heights = [.. Reread(world, null).Split('\n')[1..^2].Select(line => long.Parse(line.Split(' ')[0]))];
        Reread(world, heights.First(height => height <= last));
        Rest.Settle(world);
        RestCheck.Require(world);
        Assert.False(IsPaid(world, order));
    });

    private static Simulation.World Begin()
    {
        Simulation.World world = new(seed: 5);
        world.Do(process => process.StartAsync());
        ShopPolicy policy = new(60, 90, 0, 0, "hold", "accept", "hold", [], null);
        world.Do(async process => world.Shops.Add(await Shop.OpenAsync(world, process, 1, policy)));
        Poll(world);
        return world;
    }

    private static Order Sell(Simulation.World world)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(
            new { price = new { amount = "0.00500", currency = "BTC" }, network = Network.Name, asset = "BTC" });
        Order order = new(0, world.Shops[0], Network, Network.Assets[0], body, "order-1");
        world.Orders.Add(order);
        Actions.Ask(world, order);
        Poll(world);
        return order;
    }

    /// <summary>With polls in between, each of which stores what was read.</summary>
    private static void Mine(Simulation.World world, ModelNode node, int blocks)
    {
        for (int mined = 1; mined <= blocks; mined++)
        {
            node.Chain.Mine();
            if (mined % 150 == 0 || mined == blocks)
                Poll(world);
        }
    }

    private static void Poll(Simulation.World world)
    {
        world.Advance(TimeSpan.FromSeconds(61));
        world.Trigger("PollChain");
        world.Settle();
        world.Audit.Look();
    }

    private static bool IsPaid(Simulation.World world, Order order) => world.Audit.Find(order.Answer!.Id)!.State.IsPaid;

    private static string Reread(Simulation.World world, long? height)
    {
        using StringWriter output = new() { NewLine = "\n" };
        Assert.True(new Reread(world.Storage.TableService(), output).RunAsync(Network.Name, height, CancellationToken.None).GetAwaiter().GetResult());
        return output.ToString();
    }

    /// <summary>A world runs on a thread without a synchronization context.</summary>
    private static void Alone(Action test)
    {
        Exception? failed = null;
        Thread thread = new(() =>
        {
            try
            {
                test();
            }
            catch (Exception failure)
            {
                failed = failure;
            }
        });
        thread.Start();
        thread.Join();
        if (failed is not null)
            ExceptionDispatchInfo.Throw(failed);
    }
}
