using CoinPay.Embedded.Durable;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>A busy machine: the first thing that a hub leaves to the background, what its start has to do, begins when a test says so.</summary>
internal sealed class LateStart : TaskScheduler
{
    private Task? _held;
    private int _queued;

    public Background Background => new(this);

    /// <summary>Begins it, and comes back when it is done.</summary>
    public async Task RunAsync()
    {
        ThreadPool.QueueUserWorkItem(_ => TryExecuteTask(_held!));
        await await (Task<Task>)_held!;
    }

    protected override void QueueTask(Task task)
    {
        if (Interlocked.Increment(ref _queued) == 1)
            _held = task;
        else
            ThreadPool.QueueUserWorkItem(_ => TryExecuteTask(task));
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
