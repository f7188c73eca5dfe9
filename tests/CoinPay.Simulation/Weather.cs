using CoinPay.Simulation.Chains;
using CoinPay.Simulation.Runtime;

namespace CoinPay.Simulation;

/// <summary>The faults that are currently active. It changes now and then; most of the time there are none.</summary>
internal static class Weather
{
    private const int MaxCallsToDeath = 250;

    public static void Change(World world)
    {
        Dice dice = world.Dice;
        if (dice.Chance(0.25))
        {
            world.Calls.Slow = dice.Of([(2, 0.0), (1, 0.03), (1, 0.25)]);
            world.Calls.Refused = dice.Of([(3, 0.0), (1, 0.02)]);
            world.Conflicts = dice.Of([(3, 0.0), (1, 0.1), (1, 0.4)]);
            world.Wakes.Lost = dice.Of([(3, 0.0), (1, 0.3)]);
            world.Wakes.Doubled = dice.Of([(3, 0.0), (1, 0.3)]);
            world.Wakes.Held = dice.Of([(3, 0.0), (1, 0.3)]);
            world.Messages.Lost = dice.Of([(3, 0.0), (1, 0.1)]);
            world.Messages.Doubled = dice.Of([(3, 0.0), (1, 0.3)]);
            world.Rates.IsUnknown = dice.Chance(0.15);
            world.Rates.Moved = dice.Of([0.93m, 0.985m, 1m, 1.02m, 1.2m]);
            world.Endpoints.Failing = dice.Of([(2, 0.0), (1, 0.3), (1, 0.9)]);
        }
        if (!world.Process.IsDead && world.Calls.DiesAt is null && dice.Chance(0.12))
            (world.Calls.DiesAt, world.Calls.DiesAfterEffect) = (dice.Between(1, MaxCallsToDeath), dice.Chance(0.5));
        foreach (ModelNode node in world.Nodes)
            Change(node, dice);
    }

    public static void Clear(World world)
    {
        world.Calls.Slow = world.Calls.Refused = world.Conflicts = 0;
        world.Calls.DiesAt = null;
        world.Wakes.Lost = world.Wakes.Doubled = world.Wakes.Held = 0;
        world.Messages.Lost = world.Messages.Doubled = world.Endpoints.Failing = 0;
        foreach (ModelNode node in world.Nodes)
            (node.Trouble, node.Restless, node.FinalityStoodAt) = (null, 0, null);
        world.Rates.IsUnknown = false;
    }

    private static void Change(ModelNode node, Dice dice)
    {
        if (node.FinalityStoodAt is not null ? dice.Chance(0.1) : dice.Chance(0.96))
            node.FinalityStoodAt = null;
        else
            node.StopFinality();
        if (node.Trouble is not null ? dice.Chance(0.3) : dice.Chance(0.93))
        {
            node.Trouble = null;
            node.Restless = dice.Chance(0.2) ? 0.15 : 0;
            return;
        }
        node.Trouble ??= dice.Of(
            [Fault.NodeDown, Fault.NodeLags, Fault.NodeCutsShort, Fault.NodeOnAnotherChain, Fault.NodeSilent, Fault.HeadFrozen]);
        node.Lag = dice.Between(1, 5);
    }
}
