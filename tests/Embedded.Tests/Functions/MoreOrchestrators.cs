using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using static CoinPay.Embedded.Tests.Functions.DurableActivities;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Orchestrators of the durable cases: races, retries, generations, families, and code that does not repeat itself.</summary>
public static class MoreOrchestrators
{
    [Function("ThreeNamesInTurn")]
    public static async Task<string> ThreeNamesInTurn([OrchestrationTrigger] TaskOrchestrationContext context) =>
        await context.WaitForExternalEvent<string>("A")
        + await context.WaitForExternalEvent<string>("B")
        + await context.WaitForExternalEvent<string>("C");

    [Function("TwoWaiters")]
    public static async Task<string> TwoWaiters([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        string order = "";
        async Task WaitAsync(string name)
        {
            await context.WaitForExternalEvent<string>("Go");
            order += name;
        }

        await Task.WhenAll(WaitAsync("1"), WaitAsync("2"));
        return order;
    }

    [Function("FirstOfEventAndTimers")]
    public static async Task<string> FirstOfEventAndTimers([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        Task never = context.WaitForExternalEvent<string>("Never");
        Task far = context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
        Task near = context.CreateTimer(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        Task first = await Task.WhenAny(never, far, near);
        return first == near ? "near" : "another";
    }

    [Function("AllOfEachKind")]
    public static async Task<string> AllOfEachKind([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        Task<string> said = context.CallActivityAsync<string>("Say", "said");
        Task<int> child = context.CallSubOrchestratorAsync<int>("Child", 6);
        Task<string> raised = context.WaitForExternalEvent<string>("Go");
        Task timer = context.CreateTimer(TimeSpan.FromMilliseconds(10), CancellationToken.None);
        await Task.WhenAll(said, child, raised, timer);
        return $"{await said} {await child} {await raised}";
    }

    [Function("OneByOneAsTheyEnd")]
    public static async Task<int> OneByOneAsTheyEnd([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        List<Task<int>> open = [.. Enumerable.Range(1, 4).Select(i => context.CallActivityAsync<int>("Square", i))];
        int sum = 0;
        while (open.Count > 0)
        {
            Task<int> ended = await Task.WhenAny(open);
            open.Remove(ended);
            sum += await ended;
        }
        return sum;
    }

    [Function("AllButOneSucceed")]
    public static async Task<string> AllButOneSucceed([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        Task<string> slow = context.CallActivityAsync<string>("Say", "slow");
        try
        {
            await Task.WhenAll(context.CallActivityAsync("Fail"), slow);
            return "no failure";
        }
        catch (TaskFailedException failed)
        {
            return $"{failed.TaskName}, {slow.IsCompletedSuccessfully}";
        }
    }

    [Function("GrowingDelays")]
    public static Task<bool> GrowingDelays([OrchestrationTrigger] TaskOrchestrationContext context) =>
        FailsWithinAsync(context, new RetryPolicy(3, TimeSpan.FromMilliseconds(20), 2), TimeSpan.FromMilliseconds(60), TimeSpan.FromHours(1));

    [Function("CappedDelays")]
    public static Task<bool> CappedDelays([OrchestrationTrigger] TaskOrchestrationContext context) => FailsWithinAsync(
        context,
        new RetryPolicy(4, TimeSpan.FromMilliseconds(10), 1_000_000, TimeSpan.FromMilliseconds(20)),
        TimeSpan.FromMilliseconds(50), TimeSpan.FromHours(1));

    [Function("RetryTimeout")]
    public static Task<bool> RetryTimeout([OrchestrationTrigger] TaskOrchestrationContext context) => FailsWithinAsync(
        context,
        new RetryPolicy(100_000, TimeSpan.FromMilliseconds(20), 1, null, TimeSpan.FromMilliseconds(50)),
        TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(5));

    [Function("RetriedChild")]
    public static Task<string> RetriedChild([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallSubOrchestratorAsync<string>(
            "ChildOfAttempts", context.NewGuid().ToString(), TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromMilliseconds(5))));

    [Function("ChildOfAttempts")]
    public static Task<string> ChildOfAttempts([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync<string>("SucceedAt", new AttemptInput(context.GetInput<string>()!, 2));

    /// <summary>Takes a letter a generation; a client that died sends its letter twice.</summary>
    [Function("LettersAcross")]
    public static async Task<string> LettersAcross([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        string letters = context.GetInput<string>()!;
        if (letters.Length == 3)
            return letters;
        string letter = await context.WaitForExternalEvent<string>("Letter");
        context.ContinueAsNew(letters.EndsWith(letter, StringComparison.Ordinal) ? letters : letters + letter);
        return "";
    }

    [Function("AcrossWithOpenTasks")]
    public static async Task<string> AcrossWithOpenTasks([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        int generation = context.GetInput<int>();
        if (generation == 3)
            return await context.CallActivityAsync<string>("Say", "ended");
        _ = context.CallActivityAsync<string>("Say", "slow");
        _ = context.CreateTimer(TimeSpan.FromMilliseconds(5), CancellationToken.None);
        await context.CreateTimer(TimeSpan.FromMilliseconds(2), CancellationToken.None);
        context.ContinueAsNew(generation + 1);
        return "";
    }

    [Function("SameChildInEachGeneration")]
    public static async Task<int> SameChildInEachGeneration([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        int sum = context.GetInput<int>();
        sum = await context.CallSubOrchestratorAsync<int>("Child", sum, new SubOrchestrationOptions(instanceId: "kid"));
        if (sum < 3)
            context.ContinueAsNew(sum);
        return sum;
    }

    [Function("ParentOfGenerations")]
    public static Task<string> ParentOfGenerations([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallSubOrchestratorAsync<string>("CountDown");

    [Function("GuidsAcross")]
    public static async Task<int> GuidsAcross([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        List<Guid> seen = [.. context.GetInput<List<Guid>>()!, context.NewGuid(), context.NewGuid()];
        await context.CallActivityAsync("Nothing");
        if (seen.Count < 6)
            context.ContinueAsNew(seen);
        return seen.Distinct().Count();
    }

    [Function("TimeAcross")]
    public static async Task<bool> TimeAcross([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        DateTime began = context.CurrentUtcDateTime;
        if (context.GetInput<DateTime?>() is { } before)
            return began >= before + TimeSpan.FromMilliseconds(30);
        await context.CreateTimer(began.AddMilliseconds(30), CancellationToken.None);
        context.ContinueAsNew(began);
        return false;
    }

    [Function("Grandparent")]
    public static async Task<string> Grandparent([OrchestrationTrigger] TaskOrchestrationContext context) =>
        "over " + await context.CallSubOrchestratorAsync<string>("Parent");

    [Function("DeepFailure")]
    public static async Task<string> DeepFailure([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            await context.CallSubOrchestratorAsync("Uncaught");
            return "no failure";
        }
        catch (TaskFailedException failed)
        {
            List<string> chain = [];
            for (TaskFailureDetails? at = failed.FailureDetails; at is not null; at = at.InnerFailure)
                chain.Add(at.ErrorType.Split('.')[^1]);
            return string.Join(" of ", chain);
        }
    }

    [Function("WrappedFailure")]
    public static async Task WrappedFailure([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            await context.CallActivityAsync("Fail");
        }
        catch (TaskFailedException failed)
        {
            throw new NotSupportedException("outermost", failed);
        }
    }

    [Function("ParentOfTerminated")]
    public static async Task<string> ParentOfTerminated([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            return await context.CallSubOrchestratorAsync<string>("OneEvent", null, new SubOrchestrationOptions(instanceId: "kid"));
        }
        catch (TaskFailedException failed)
        {
            return failed.TaskName;
        }
    }

    [Function("NullStatus")]
    public static async Task<string> NullStatus([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        context.SetCustomStatus("before");
        await context.CallActivityAsync("Nothing");
        context.SetCustomStatus(new[] { 1, 2 });
        return await context.CallActivityAsync<string>("Say", "done");
    }

    [Function("AnotherActivityInReplay")]
    public static async Task AnotherActivityInReplay([OrchestrationTrigger] TaskOrchestrationContext context) =>
        await context.CallActivityAsync(context.IsReplaying ? "Length" : "Nothing", "x");

    [Function("TimerInReplay")]
    public static async Task TimerInReplay([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        if (context.IsReplaying)
            await context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
        await context.CallActivityAsync("Nothing");
    }

    [Function("ChildOnlyAtFirst")]
    public static async Task ChildOnlyAtFirst([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        if (!context.IsReplaying)
            await context.CallSubOrchestratorAsync<int>("Child", 1);
        await context.WaitForExternalEvent<string>("Never");
    }

    private static async Task<bool> FailsWithinAsync(TaskOrchestrationContext context, RetryPolicy policy, TimeSpan least, TimeSpan most)
    {
        DateTime began = context.CurrentUtcDateTime;
        try
        {
            await context.CallActivityAsync("Fail", null, TaskOptions.FromRetryPolicy(policy));
            return false;
        }
        catch (TaskFailedException)
        {
            TimeSpan took = context.CurrentUtcDateTime - began;
            return took >= least && took < most;
        }
    }
}
