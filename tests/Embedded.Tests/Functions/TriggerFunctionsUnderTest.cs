using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>What the functions below have seen, by name.</summary>
public sealed class Seen
{
    public ConcurrentQueue<string> Messages { get; } = new();

    public ConcurrentQueue<TimerInfo> Timers { get; } = new();

    public int AtOnce { get; private set; }

    public int MostAtOnce { get; private set; }

    /// <summary>Counts who is inside at once.</summary>
    public async Task InsideAsync(int milliseconds)
    {
        lock (Messages)
            MostAtOnce = Math.Max(MostAtOnce, ++AtOnce);
        await Task.Delay(milliseconds);
        lock (Messages)
            AtOnce--;
    }
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
        await seen.InsideAsync(message == "slow" ? 1500 : 20);
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
        await seen.InsideAsync(50);
        seen.Timers.Enqueue(timer);
    }
}

public sealed class YearlyTimerFunction(Seen seen)
{
    [Function("Yearly")]
    public void Run([TimerTrigger("0 0 0 1 1 *", RunOnStartup = true)] TimerInfo timer) => seen.Timers.Enqueue(timer);
}
