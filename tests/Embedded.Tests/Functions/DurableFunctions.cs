using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Activities of the durable cases.</summary>
public static class DurableActivities
{
    private static readonly ConcurrentDictionary<string, int> Attempts = new();
    private static readonly ConcurrentDictionary<string, TaskCompletionSource> Gates = new();

    /// <summary>Lets those go on that wait at a gate.</summary>
    public static void Open(string gate) => Gate(gate).TrySetResult();

    [Function("Append")]
    public static string Append([ActivityTrigger] AppendInput input) => input.Text + input.Number;

    [Function("Square")]
    public static int Square([ActivityTrigger] int number) => number * number;

    [Function("Say")]
    public static async Task<string> Say([ActivityTrigger] string text, FunctionContext context, CancellationToken cancellation)
    {
        await Task.Delay(text == "slow" ? 200 : 1, cancellation);
        return context.FunctionDefinition.Name == "Say" ? text : "?";
    }

    /// <summary>The slower one of a race by the test's own hand, not by the clock.</summary>
    [Function("SayOnceOpen")]
    public static async Task<string> SayOnceOpen([ActivityTrigger] string gate, CancellationToken cancellation)
    {
        await Gate(gate).Task.WaitAsync(cancellation);
        return "slow";
    }

    [Function("Fail")]
    public static void Fail([ActivityTrigger] string? input) =>
        throw new InvalidOperationException("as asked", new ArgumentException("inner"));

    /// <summary>Succeeds at the given attempt, counted for each key.</summary>
    [Function("SucceedAt")]
    public static string SucceedAt([ActivityTrigger] AttemptInput input) =>
        Attempts.AddOrUpdate(input.Key, 1, (_, tries) => tries + 1) >= input.Attempt
            ? "ok"
            : throw new InvalidOperationException("not yet");

    [Function("Length")]
    public static int Length([ActivityTrigger] string text) => text.Length;

    [Function("Nothing")]
    public static Task Nothing([ActivityTrigger] string? input) => Task.CompletedTask;

    private static TaskCompletionSource Gate(string name) =>
        Gates.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    public sealed record AppendInput(string Text, int Number);

    public sealed record AttemptInput(string Key, int Attempt);
}
