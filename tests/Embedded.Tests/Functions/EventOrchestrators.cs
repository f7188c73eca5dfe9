using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Orchestrators of the durable cases: external events, deadlines, new generations.</summary>
public static class EventOrchestrators
{
    [Function("OneEvent")]
    public static async Task<string> OneEvent([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        context.SetCustomStatus("waiting");
        return await context.WaitForExternalEvent<string>("Go");
    }

    [Function("LateListener")]
    public static async Task<string> LateListener([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.WaitForExternalEvent<object?>("Listen");
        await context.CallActivityAsync("Nothing");
        return await context.WaitForExternalEvent<string>("Go");
    }

    [Function("ThreeEvents")]
    public static async Task<string> ThreeEvents([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        string letters = "";
        while (letters.Length < 3)
        {
            string letter = await context.WaitForExternalEvent<string>("Letter");
            // A client that died does not know whether its event arrived, and sends it again.
            if (!letters.EndsWith(letter, StringComparison.Ordinal))
                letters += letter;
            context.SetCustomStatus(letter);
        }
        return letters;
    }

    [Function("EventOfNumber")]
    public static Task<int> EventOfNumber([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.WaitForExternalEvent<int>("Number");

    [Function("EventOrTimeout")]
    public static async Task<string> EventOrTimeout([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            return await context.WaitForExternalEvent<string>("Go", TimeSpan.FromMilliseconds(context.GetInput<int>()));
        }
        catch (OperationCanceledException)
        {
            return "timeout";
        }
    }

    [Function("TwoNames")]
    public static async Task<string> TwoNames([OrchestrationTrigger] TaskOrchestrationContext context) =>
        string.Concat(await Task.WhenAll(context.WaitForExternalEvent<string>("A"), context.WaitForExternalEvent<string>("B")));

    [Function("CancelledWaiter")]
    public static async Task<string> CancelledWaiter([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        using CancellationTokenSource over = new();
        Task<string> first = context.WaitForExternalEvent<string>("Go", over.Token);
        await context.CallActivityAsync("Nothing");
        over.Cancel();
        context.SetCustomStatus("again");
        return first.IsCanceled ? await context.WaitForExternalEvent<string>("Go") : "not cancelled";
    }

    /// <summary>An invoice's shape: advance; wait for a wake or the next deadline; again, with one event task kept.</summary>
    [Function("InvoiceShape")]
    public static Task<string> InvoiceShape([OrchestrationTrigger] TaskOrchestrationContext context) =>
        AdvanceAsync(context, TimeSpan.FromHours(1));

    [Function("DeadlineShape")]
    public static Task<string> DeadlineShape([OrchestrationTrigger] TaskOrchestrationContext context) =>
        AdvanceAsync(context, TimeSpan.FromMilliseconds(20));

    [Function("CountDown")]
    public static async Task<string> CountDown([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        (int left, int from) = context.GetInput<CountDownInput>() ?? new(4, 4);
        await context.CallActivityAsync("Nothing");
        if (left > 0)
            context.ContinueAsNew(new CountDownInput(left - 1, from));
        return $"{left} after {from}";
    }

    [Function("KeepAcross")]
    public static Task<string> KeepAcross([OrchestrationTrigger] TaskOrchestrationContext context) => AcrossAsync(context, keep: true);

    [Function("DropAcross")]
    public static Task<string> DropAcross([OrchestrationTrigger] TaskOrchestrationContext context) => AcrossAsync(context, keep: false);

    [Function("Mixed")]
    public static async Task<string> Mixed([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        string first = await context.CallActivityAsync<string>("Say", "a1");
        using CancellationTokenSource over = new();
        Task deadline = context.CreateTimer(TimeSpan.FromHours(1), over.Token);
        Task<string> go = context.WaitForExternalEvent<string>("Go");
        await Task.WhenAny(go, deadline);
        over.Cancel();
        return $"{first} {await go} {await context.CallActivityAsync<string>("Say", "a2")}";
    }

    [Function("ActivityOrEvent")]
    public static async Task<string> ActivityOrEvent([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        Task<string> activity = context.CallActivityAsync<string>("Say", "a");
        Task<string> go = context.WaitForExternalEvent<string>("Go");
        Task first = await Task.WhenAny(activity, go);
        await context.CallActivityAsync<string>("Say", first == go ? "event first" : "activity first");
        await Task.WhenAll(activity, go);
        return "both";
    }

    [Function("CountEvents")]
    public static async Task<int> CountEvents([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        int sum = 0;
        for (int left = context.GetInput<int>(); left > 0; left--)
            sum += await context.WaitForExternalEvent<int>("Tick");
        return sum;
    }

    /// <summary>A generation for every event.</summary>
    [Function("SumAcrossGenerations")]
    public static async Task<int> SumAcrossGenerations([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        (int sum, int left) = context.GetInput<SumInput>()!;
        if (left > 0)
            context.ContinueAsNew(new SumInput(sum + await context.WaitForExternalEvent<int>("Tick"), left - 1));
        return sum;
    }

    private static async Task<string> AdvanceAsync(TaskOrchestrationContext context, TimeSpan deadline)
    {
        int rounds = context.GetInput<int>();
        Task<object?> wake = context.WaitForExternalEvent<object?>("Wake");
        for (int round = 1; ; round++)
        {
            string advanced = await context.CallActivityAsync<string>("Say", $"advanced {round - 1}");
            if (round > rounds)
                return advanced;
            using CancellationTokenSource over = new();
            Task timer = context.CreateTimer(deadline, over.Token);
            context.SetCustomStatus($"waiting {round}");
            if (await Task.WhenAny(wake, timer) == wake)
            {
                over.Cancel();
                wake = context.WaitForExternalEvent<object?>("Wake");
            }
        }
    }

    private static async Task<string> AcrossAsync(TaskOrchestrationContext context, bool keep)
    {
        if (context.GetInput<int>() == 0)
        {
            await context.WaitForExternalEvent<object?>("Go");
            context.ContinueAsNew(1, keep);
            return "";
        }
        try
        {
            return await context.WaitForExternalEvent<string>("Later", TimeSpan.FromMilliseconds(keep ? 60_000 : 100));
        }
        catch (OperationCanceledException)
        {
            return "timeout";
        }
    }

    public sealed record SumInput(int Sum, int Left);

    public sealed record CountDownInput(int Left, int From);
}
