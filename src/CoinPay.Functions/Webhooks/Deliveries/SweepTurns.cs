namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>In which runs of <see cref="SweepDeliveries"/> the outboxes have their turn: looking for them reads a whole table.</summary>
internal sealed class SweepTurns
{
    private const int RunsPerTurn = 10;
    private int _runs;

    /// <summary>The first run of a process, which may follow a crash, and every tenth after it.</summary>
    public bool IsOutboxes() => (Interlocked.Increment(ref _runs) - 1) % RunsPerTurn == 0;
}
