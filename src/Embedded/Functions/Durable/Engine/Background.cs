namespace CoinPay.Embedded.Durable;

/// <summary>
/// Where the engine starts what nobody waits for: on the thread pool, or, in a simulation that replays exactly, all on one thread.
/// </summary>
internal sealed class Background(TaskScheduler scheduler)
{
    public static Background ThreadPool { get; } = new(TaskScheduler.Default);

    public Task Run(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler).Unwrap();

    public Task<T> Run<T>(Func<Task<T>> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler).Unwrap();
}
