using CoinPay.Simulation.Checks;
using CoinPay.Simulation.Runtime;
using CoinPay.Simulation.Shops;

namespace CoinPay.Simulation;

/// <summary>The result of a seed.</summary>
internal sealed record SeedResult(ulong Seed, string? Failure, string LogHash, long Operations, int Invoices, Coverage Coverage, IReadOnlyList<string> LastOperations)
{
    public string Report() =>
        $"""
        seed {Seed}: {Failure}
        last operations:
          {string.Join("\n  ", LastOperations)}
        replay: scripts/simulate.sh {Seed} 1
        """;
}

/// <summary>A life of a world: it starts, actions and faults happen, faults stop, and it comes to rest.</summary>
internal static class Life
{
    private const int Steps = 32;
    private const int MinInvoices = 20;
    private const int MinOperations = 300;

    /// <summary>Runs a seed on its own thread.</summary>
    public static SeedResult Run(ulong seed, Func<Seams>? seams = null, bool usesProtocol = false)
    {
        SeedResult? result = null;
        Thread thread = new(() => result = RunHere(seed, seams?.Invoke(), usesProtocol: usesProtocol));
        thread.Start();
        thread.Join();
        return result!;
    }

    /// <summary>The calling thread must have no synchronization context.</summary>
    public static SeedResult RunHere(ulong seed, Seams? seams, bool tellAll = false, bool usesProtocol = false)
    {
        World world = tellAll ? new(seed, seams, int.MaxValue) : new(seed, seams, usesProtocol: usesProtocol);
        string? failure = null;
        try
        {
            Begin(world);
            for (int step = 0; step < Steps; step++)
                Step(world, step);
            Rest.Come(world);
            Invariant.Require(world.Audit.Invoices.Count() >= MinInvoices && world.Log.Count >= MinOperations, "it is too small a world");
        }
        catch (SimulationException broken)
        {
            failure = broken.Message;
        }
        return new(
            seed, failure, world.Log.Hash, world.Log.Count, world.Audit.Invoices.Count(), world.Coverage, [.. world.Log.Last]);
    }

    private static void Begin(World world)
    {
        world.Do(process => process.StartAsync());
        for (int number = 1; number <= 3; number++)
        {
            ShopPolicy policy = ShopPolicy.Draw(world.Dice);
            int shop = number;
            world.Do(async process => world.Shops.Add(await Shop.OpenAsync(world, process, shop, policy)));
        }
        world.Trigger("PollChain");
        world.Advance(TimeSpan.FromSeconds(1));
    }

    private static void Step(World world, int step)
    {
        world.Coverage.Step();
        Weather.Change(world);
        if (world.Process.IsDead && world.Dice.Chance(0.7))
            world.Restart();
        for (int i = world.Dice.Between(1, 3); i > 0; i--)
            Actions.Draw(world, step < Steps * 2 / 3);
        world.Advance(TimeSpan.FromSeconds(world.Dice.Of([(3, 1), (4, world.Dice.Between(2, 12)), (3, world.Dice.Between(15, 60)), (1, world.Dice.Between(100, 400))])));
        Routine(world);
        world.Audit.Look();
    }

    /// <summary>Runs timers and queues at random.</summary>
    private static void Routine(World world)
    {
        if (world.Dice.Chance(0.75))
            world.Trigger("PollChain");
        if (world.Dice.Chance(0.15))
            world.PollElsewhere();
        if (world.Dice.Chance(0.1))
            world.Trigger("SweepWatches");
        if (world.Dice.Chance(0.04))
        {
            world.Trigger("SweepDeliveries");
            world.Trigger("RequeuePoisoned");
        }
        world.SendHeldWakes();
        if (world.Dice.Chance(0.7) && world.Process is { IsDead: false, IsUp: true })
        {
            world.Messages.Run(world.Process);
            world.Settle();
        }
    }
}
