namespace CoinPay.Simulation.Runtime;

/// <summary>What can go wrong around the app.</summary>
internal enum Fault
{
    CrashBeforeEffect, CrashAfterEffect, SlowStorage, StorageRefusal, Conflict,
    LostWake, DoubledWake, LateWake, LostMessage, DoubledMessage, EndpointFailure,
    NodeDown, NodeLags, NodeCutsShort, NodeOnAnotherChain, NodeSilent, HeadFrozen, ChainMovesDuringPoll, FinalityStalled, NoRate,
    PollerPaused,
}
