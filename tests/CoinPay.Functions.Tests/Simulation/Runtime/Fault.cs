namespace CoinPay.Functions.Tests.Simulation;

/// <summary>What can go wrong around the app.</summary>
internal enum Fault
{
    CrashBeforeEffect, CrashAfterEffect, SlowStorage, StorageRefusal, Conflict,
    LostWake, DoubledWake, LateWake, LostMessage, DoubledMessage, EndpointFailure,
    NodeDown, NodeLags, NodeCutsShort, NodeOnAnotherChain, NodeSilent, ChainMovesDuringPoll,
}

/// <summary>An invariant does not hold: the app, or the simulation, is wrong.</summary>
internal sealed class SimulationException(string message) : Exception(message);

/// <summary>What must always hold.</summary>
internal static class Invariant
{
    public static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new SimulationException(otherwise);
    }
}
