namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>Decides which runs of <see cref="SweepDeliveries"/> also sweep the outboxes, which reads a whole table.</summary>
internal sealed class SweepTurns
{
    private const int RunsPerTurn = 10;
    private int _runs;

    /// <summary>Returns true for the first run of a process, which may follow a crash, and every tenth run after it.</summary>
    public bool IsOutboxes() => (Interlocked.Increment(ref _runs) - 1) % RunsPerTurn == 0;
}
