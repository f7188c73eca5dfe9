using CoinPay.Simulation.Chains;
using CoinPay.Simulation.Checks;
using CoinPay.Simulation.Shops;
using CoinPay.Testing.Chains;

namespace CoinPay.Simulation;

/// <summary>How a world comes to rest: faults stop, waiting transactions are mined deep, and the app finishes its work.</summary>
internal static class Rest
{
    private const int MaxRounds = 60;

    /// <summary>One in this number of seeds gets a fresh run, which costs half of a first one.</summary>
    private const ulong SeedsAFreshRun = 12;

    private const double AfterTheEnd = 0.15;

    private static readonly TimeSpan LongestWithoutBlock = TimeSpan.FromMinutes(30);

    public static void Come(World world)
    {
        world.Coverage.Step();
        Weather.Clear(world);
        if (world.Process.IsDead)
            world.Restart();
        // A network that was not read for minutes takes no orders.
        foreach (ModelNode node in world.Nodes)
            node.Chain.Mine();
        world.Trigger("PollChain");
        Actions.CatchUp(world);
        MineDeep(world);
        world.Trigger("PollChain");
        world.GoOnElsewhere();
        Settle(world);
        RestCheck.Require(world);
        Decide(world);
        if (world.Seed % SeedsAFreshRun == 0)
            FreshRun.Require(world);
        if (world.Dice.Chance(AfterTheEnd))
            PayAfterTheEnd(world);
    }

    /// <summary>Continues until nothing is left to do, for a minimum number of rounds.</summary>
    public static void Settle(World world, int least = 1)
    {
        for (int round = 0; round < MaxRounds; round++)
        {
            Round(world, round);
            bool isAtRest = RestCheck.Unrest(world) is null;
            if (isAtRest && RestCheck.OpenUntil(world) is { } until)
                EndTopUps(world, until);
            else if (isAtRest && round + 1 >= least)
                return;
            world.Advance(TimeSpan.FromSeconds(round < 10 ? 31 : 240));
        }
    }

    private static void Round(World world, int round)
    {
        foreach (Order order in world.Orders.Where(order => order is { Answer: null, IdempotencyKey: not null }))
            Actions.Ask(world, order);
        world.SendHeldWakes();
        // A chain has blocks as time passes: a head that stands still proves nothing.
        foreach (ModelNode node in world.Nodes.Where(node => world.Now - node.Chain.Blocks[^1].Time > LongestWithoutBlock))
            node.Chain.Mine();
        world.Trigger("PollChain");
        if (round % 2 == 1)
            world.Trigger("SweepWatches");
        if (round % 6 == 5)
        {
            world.Trigger("SweepDeliveries");
            world.Trigger("RequeuePoisoned");
        }
        world.Messages.Run(world.Process);
        world.Settle();
        world.Audit.Look();
    }

    /// <summary>People resolve open exceptions, and a day later what the money made of them.</summary>
    private static void Decide(World world)
    {
        for (int more = world.Dice.Between(1, 4); more > 0; more--)
            Decisions.ResolveOpen(world);
        Settle(world);
        RestCheck.Require(world);
    }

    private static void MineDeep(World world)
    {
        foreach (ModelNode node in world.Nodes)
            for (int i = 0; i < (node.Chain.HasCoinbasePayment ? Pay.CoinbaseMaturity : OfferedNetworks.FinalizedDepth + 4); i++)
                node.Chain.Mine();
    }

    /// <summary>Customers who were asked for the rest pay it or do not, and the day allowed for it passes.</summary>
    private static void EndTopUps(World world, DateTimeOffset until)
    {
        if (until > world.Now && world.Dice.Chance(0.6))
        {
            if (world.Dice.Chance(0.5))
                world.Advance((until - world.Now) / 2);
            if (world.Dice.Chance(0.5))
                StartAgain(world);
            Pay.TheRest(world);
            MineDeep(world);
        }
        else if (until > world.Now)
            world.Advance(until - world.Now);
    }

    /// <summary>A new process knows only what is stored.</summary>
    private static void StartAgain(World world)
    {
        world.Process.Kill();
        world.Restart();
    }

    /// <summary>Invoices that are watched for a day reach their end, and then one of them is paid.</summary>
    private static void PayAfterTheEnd(World world)
    {
        Order[] over = [.. world.Orders.Where(order => order is { Answer: not null, Shop.Policy.MonitorDays: 1 })];
        if (over.Length == 0)
            return;
        world.Advance(over.Max(order => order.Answer!.MonitorUntil) + TimeSpan.FromHours(2) - world.Now);
        Settle(world, least: 4);
        RestCheck.Require(world);
        RestCheck.RequireUnwatched(world, over);
        world.Coverage.Happened(Situations.EndOfWatch);
        if (world.Dice.Chance(0.5))
            StartAgain(world);
        Pay.Whole(world, world.Dice.Of(over));
        MineDeep(world);
        Settle(world, least: 4);
        RestCheck.Require(world);
    }
}
