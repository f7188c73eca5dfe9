using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>What the functions below have seen, by name.</summary>
public sealed class Seen
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentQueue<string> Messages { get; } = new();

    public ConcurrentQueue<TimerInfo> Timers { get; } = new();

    public int AtOnce { get; private set; }

    public int MostAtOnce { get; private set; }

    /// <summary>Counts who is inside at once; inside until the test opens the message's gate.</summary>
    public async Task InsideAsync(string message)
    {
        Enter();
        await Task.WhenAny(Gate(message).Task, _all.Task);
        Leave();
        Messages.Enqueue(message);
    }

    public void Open(string message) => Gate(message).TrySetResult();

    public void OpenAll() => _all.TrySetResult();

    public void Enter()
    {
        lock (_gates)
            MostAtOnce = Math.Max(MostAtOnce, ++AtOnce);
    }

    public void Leave()
    {
        lock (_gates)
            AtOnce--;
    }

    private TaskCompletionSource Gate(string message) =>
        _gates.GetOrAdd(message, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}

public sealed class TextQueueFunction(Seen seen)
{
    [Function("OnText")]
    public async Task Run([QueueTrigger("%TextQueue%")] string message, FunctionContext context)
    {
        if (message.StartsWith("fail", StringComparison.Ordinal))
        {
            seen.Messages.Enqueue($"{message} {context.BindingContext.BindingData["DequeueCount"]}");
            throw new InvalidOperationException("as asked");
        }
        if (message == "gated")
            await seen.InsideAsync(message);
        else
            seen.Messages.Enqueue(message);
    }
}

public sealed class JsonQueueFunction(Seen seen)
{
    [Function("OnJson")]
    public void Run([QueueTrigger("%JsonQueue%")] Order order) => seen.Messages.Enqueue($"{order.Id}:{order.Amount}");

    public sealed record Order(string Id, decimal Amount);
}

public sealed class TimerFunctionUnderTest(Seen seen)
{
    [Function("EverySecond")]
    public async Task EverySecond([TimerTrigger("%EverySecond%")] TimerInfo timer)
    {
        seen.Enter();
        await Task.Delay(50);
        seen.Leave();
        seen.Timers.Enqueue(timer);
    }
}

public sealed class YearlyTimerFunction(Seen seen)
{
    [Function("Yearly")]
    public void Run([TimerTrigger("0 0 0 1 1 *", RunOnStartup = true)] TimerInfo timer) => seen.Timers.Enqueue(timer);
}
