using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Orchestrators and activities of the durable tests.</summary>
public static class DurableFunctions
{
    [Function("Sequence")]
    public static async Task<string> Sequence([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        string text = context.GetInput<string>() ?? "";
        for (int i = 0; i < 5; i++)
            text = await context.CallActivityAsync<string>("Append", new AppendInput(text, i));
        return text;
    }

    [Function("FanOut")]
    public static async Task<int> FanOut([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        int count = context.GetInput<int>();
        int[] squares = await Task.WhenAll(Enumerable.Range(1, count).Select(i => context.CallActivityAsync<int>("Square", i)));
        return squares.Sum();
    }

    [Function("Append")]
    public static string Append([ActivityTrigger] AppendInput input) => input.Text + input.Number;

    [Function("Square")]
    public static int Square([ActivityTrigger] int number) => number * number;

    public sealed record AppendInput(string Text, int Number);
}
