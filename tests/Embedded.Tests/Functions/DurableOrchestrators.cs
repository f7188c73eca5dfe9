using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using static CoinPay.Embedded.Tests.Functions.DurableActivities;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Orchestrators of the durable cases: sequences, fan-out, timers, failures, sub-orchestrations.</summary>
public static class DurableOrchestrators
{
    private static readonly TaskOptions ThreeTries = TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromMilliseconds(5), 2));

    public enum Kind
    {
        First,
        Second,
    }

    [Function("Echo")]
    public static Task<string?> Echo([OrchestrationTrigger] TaskOrchestrationContext context) => Task.FromResult(context.GetInput<string>());

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

    [Function("FirstOfTwo")]
    public static async Task<string> FirstOfTwo([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        string gate = context.NewGuid().ToString();
        context.SetCustomStatus(gate);
        Task<string> slow = context.CallActivityAsync<string>("SayOnceOpen", gate);
        return await await Task.WhenAny(slow, context.CallActivityAsync<string>("Say", "fast"));
    }

    [Function("Sleep")]
    public static async Task<bool> Sleep([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        DateTime due = context.CurrentUtcDateTime.AddMilliseconds(context.GetInput<int>());
        await context.CreateTimer(due, CancellationToken.None);
        return context.CurrentUtcDateTime >= due;
    }

    [Function("CancelTimer")]
    public static async Task<string> CancelTimer([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        using CancellationTokenSource over = new();
        Task timer = context.CreateTimer(TimeSpan.FromHours(1), over.Token);
        await context.CallActivityAsync("Nothing");
        over.Cancel();
        try
        {
            await timer;
            return "fired";
        }
        catch (OperationCanceledException)
        {
            await context.CallActivityAsync("Nothing");
            return "cancelled";
        }
    }

    [Function("TimersInOrder")]
    public static async Task<string> TimersInOrder([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        string order = "";
        async Task Wait(int milliseconds, string name)
        {
            await context.CreateTimer(TimeSpan.FromMilliseconds(milliseconds), CancellationToken.None);
            order += name;
        }

        await Task.WhenAll(Wait(10, "1"), Wait(400, "2"), Wait(200, "3"));
        return order;
    }

    [Function("CatchFailure")]
    public static async Task<string> CatchFailure([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            await context.CallActivityAsync("Fail");
            return "no failure";
        }
        catch (TaskFailedException failed) when (failed.FailureDetails.IsCausedBy<InvalidOperationException>() && failed.TaskName == "Fail")
        {
            TaskFailureDetails details = failed.FailureDetails;
            return $"{details.ErrorType}|{details.ErrorMessage}|{details.InnerFailure!.ErrorType}|{details.InnerFailure.ErrorMessage}";
        }
    }

    [Function("Uncaught")]
    public static Task Uncaught([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync("Fail");

    [Function("Throws")]
    public static Task Throws([OrchestrationTrigger] TaskOrchestrationContext context) => throw new FormatException("my own");

    [Function("Retries")]
    public static async Task<string> Retries([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            string key = context.NewGuid().ToString();
            return await context.CallActivityAsync<string>("SucceedAt", new AttemptInput(key, context.GetInput<int>()), ThreeTries);
        }
        catch (TaskFailedException)
        {
            return "gave up";
        }
    }

    [Function("MissingActivity")]
    public static async Task<string> MissingActivity([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            await context.CallActivityAsync("NoSuchActivity", null, ThreeTries);
            return "";
        }
        catch (TaskFailedException failed)
        {
            return failed.FailureDetails.ErrorType;
        }
    }

    [Function("Clock")]
    public static async Task<bool> Clock([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        DateTime first = context.CurrentUtcDateTime;
        string seen = await context.CallActivityAsync<string>("Say", first.ToString("O"));
        DateTime second = context.CurrentUtcDateTime;
        await context.CallActivityAsync("Nothing");
        return seen == first.ToString("O") && second >= first && first.Kind == DateTimeKind.Utc;
    }

    [Function("Guids")]
    public static async Task<bool> Guids([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        Guid first = context.NewGuid();
        string seen = await context.CallActivityAsync<string>("Say", first.ToString());
        Guid second = context.NewGuid();
        return seen == first.ToString() && second != first;
    }

    [Function("Parent")]
    public static async Task<string> Parent([OrchestrationTrigger] TaskOrchestrationContext context) =>
        "from child: " + await context.CallSubOrchestratorAsync<int>(
            "Child", 6, new SubOrchestrationOptions(instanceId: context.GetInput<string>()));

    [Function("Child")]
    public static async Task<int> Child([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.CallActivityAsync("Nothing");
        return context.GetInput<int>() + 1;
    }

    [Function("ParentOfFailing")]
    public static async Task<string> ParentOfFailing([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            await context.CallSubOrchestratorAsync("Throws");
            return "";
        }
        catch (TaskFailedException failed)
        {
            return "caught " + failed.FailureDetails.ErrorMessage;
        }
    }

    [Function("ParentOfMany")]
    public static async Task<int> ParentOfMany([OrchestrationTrigger] TaskOrchestrationContext context) => (await Task.WhenAll(
        Enumerable.Range(0, context.GetInput<int>()).Select(i => context.CallSubOrchestratorAsync<int>("Child", i)))).Sum();

    [Function("ParentName")]
    public static Task<string> ParentName([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallSubOrchestratorAsync<string>("NameOfParent");

    [Function("NameOfParent")]
    public static Task<string> NameOfParent([OrchestrationTrigger] TaskOrchestrationContext context) =>
        Task.FromResult($"{context.Parent!.Name}/{context.Parent.InstanceId}");

    [Function("AwaitsDelay")]
    public static async Task AwaitsDelay([OrchestrationTrigger] TaskOrchestrationContext context) => await Task.Delay(TimeSpan.FromHours(1));

    [Function("ConfiguredAwait")]
    public static async Task<string> ConfiguredAwait([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.CallActivityAsync("Nothing").ConfigureAwait(false);
        return await context.CallActivityAsync<string>("Say", "ok").ConfigureAwait(false);
    }

    [Function("LongText")]
    public static Task<int> LongText([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync<int>("Length", new string('é', context.GetInput<int>()));

    [Function("ManyTexts")]
    public static async Task<int> ManyTexts([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        string text = new('"', 31_000);
        return (await Task.WhenAll(
            Enumerable.Range(0, context.GetInput<int>()).Select(_ => context.CallActivityAsync<string>("Say", text)))).Sum(t => t.Length);
    }

    [Function("Statuses")]
    public static async Task<string> Statuses([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        context.SetCustomStatus("one");
        await context.CallActivityAsync("Nothing");
        context.SetCustomStatus(new { step = 2 });
        return "done";
    }

    [Function("Shapes")]
    public static async Task<Shape> Shapes([OrchestrationTrigger] TaskOrchestrationContext context) =>
        await context.CallActivityAsync<Shape>("Reshape", new Shape("n", [1, 2], Kind.Second));

    [Function("Reshape")]
    public static Shape Reshape([ActivityTrigger] Shape shape) => shape;

    public sealed record Shape(string Name, IReadOnlyList<int> Numbers, Kind Kind);
}
