using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace CoinPay.Functions.Tests.Architecture.Determinism;

// Each does what no orchestrator may: that is what they are for.
#pragma warning disable CA1031, CA1822, CA1849, CA2000, CA2211, CA2201, CA5394, IDE0051
#pragma warning disable IDE0052, IDE0059, MA0004, MA0040, MA0042, MA0045, MA0069, MA0167, MA0168
/// <summary>
/// Orchestrators that must be found out, one kind of offence each; the attribute says which. Offences that the published analyzers
/// report are not among them, unless they are reached by a way that those do not follow.
/// </summary>
internal static class PlantedOrchestrators
{
    private static readonly List<int> Seen = [];
    private static int _count;

    [Planted("System.Diagnostics.Stopwatch.GetTimestamp")]
    public static async Task<long> WatchAfterAwait([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.CallActivityAsync("Nothing");
        return Stopwatch.GetTimestamp();
    }

    [Planted("System.Random.get_Shared")]
    public static Task<int> ChanceInLocalFunction([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        return Task.FromResult(Draw());

        static int Draw() => Random.Shared.Next();
    }

    [Planted("System.Security.Cryptography.RandomNumberGenerator.GetInt32")]
    public static Task<int[]> StrongChanceInLambda([OrchestrationTrigger] TaskOrchestrationContext context) =>
        Task.FromResult(Enumerable.Range(0, 2).Select(_ => RandomNumberGenerator.GetInt32(6)).ToArray());

    [Planted("System.Threading.Timer..ctor")]
    public static Task TimerOfThreads([OrchestrationTrigger] TaskOrchestrationContext context) =>
        Task.FromResult(new Timer(_ => { }, null, 1, 1));

    [Planted("System.Threading.CancellationTokenSource.CancelAsync")]
    public static Task CancelElsewhere([OrchestrationTrigger] TaskOrchestrationContext context) =>
        new CancellationTokenSource().CancelAsync();

    [Planted("System.Threading.CancellationTokenSource.CancelAfter")]
    public static Task CancelLater([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        new CancellationTokenSource().CancelAfter(1);
        return Task.CompletedTask;
    }

    [Planted("System.Threading.CancellationTokenSource..ctor")]
    public static Task CancelByClock([OrchestrationTrigger] TaskOrchestrationContext context) =>
        Task.FromResult(new CancellationTokenSource(TimeSpan.FromSeconds(1)));

    [Planted("System.Threading.Tasks.Parallel.For")]
    public static Task AtOnce([OrchestrationTrigger] TaskOrchestrationContext context) =>
        Task.FromResult(Parallel.For(0, 2, _ => { }));

    [Planted("System.IO.File.ReadAllTextAsync")]
    public static Task ReadFile([OrchestrationTrigger] TaskOrchestrationContext context) => File.ReadAllTextAsync("x");

    [Planted("System.IO.Directory.GetFiles")]
    public static Task ListFolder([OrchestrationTrigger] TaskOrchestrationContext context) =>
        Task.FromResult(Directory.GetFiles("x"));

    [Planted("System.IO.Stream.ReadByte")]
    public static Task ReadStream([OrchestrationTrigger] TaskOrchestrationContext context) =>
        Task.FromResult(Stream.Null.ReadByte());

    [Planted("System.Console.WriteLine")]
    public static Task Print([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        Console.WriteLine();
        return Task.CompletedTask;
    }

    [Planted("the mutable static field CoinPay.Functions.Tests.Architecture.Determinism.PlantedOrchestrators._count")]
    public static Task<int> Count([OrchestrationTrigger] TaskOrchestrationContext context) => Task.FromResult(_count++);

    [Planted("the mutable static field CoinPay.Functions.Tests.Architecture.Determinism.PlantedOrchestrators.Seen")]
    public static Task<int> Collect([OrchestrationTrigger] TaskOrchestrationContext context) =>
        Task.FromResult(Seen.Count);

    [Planted("System.Guid.NewGuid")]
    public static Task<string> ThroughAnInterface([OrchestrationTrigger] TaskOrchestrationContext context) =>
        Task.FromResult(NameBy(new GuidNames()));

    [Planted("System.Guid.NewGuid")]
    public static Task<Guid> ThroughAGenericType([OrchestrationTrigger] TaskOrchestrationContext context) =>
        Task.FromResult(new Made<int>().Id);

    [Planted("System.DateTime.get_Now")]
    public static Task<DateTime> ThroughAStaticConstructor([OrchestrationTrigger] TaskOrchestrationContext context) =>
        Task.FromResult(Started.At);

    private static string NameBy(INames names) => names.Next();

    private interface INames
    {
        string Next();
    }

    private sealed class GuidNames : INames
    {
        public string Next() => Guid.NewGuid().ToString();
    }

    private sealed class Made<T>
    {
        public Guid Id { get; } = Guid.NewGuid();
    }

    private static class Started
    {
        public static readonly DateTime At = DateTime.Now;
    }
}
#pragma warning restore

/// <summary>What must be found in the orchestrator.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PlantedAttribute(string offence) : Attribute
{
    public string Offence => offence;
}

/// <summary>One that keeps the rules and comes near to breaking them.</summary>
internal static class HarmlessOrchestrator
{
    private static readonly TaskOptions Retry =
        TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromSeconds(1)));

    public static async Task<string> Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        using CancellationTokenSource over = new();
        Task timer = context.CreateTimer(context.CurrentUtcDateTime.AddDays(1), over.Token);
        int[] results = await Task.WhenAll(Numbers().Select(i => context.CallActivityAsync<int>("Square", i, Retry)));
        if (await Task.WhenAny(timer, context.WaitForExternalEvent<string>("go")) != timer)
            CancelNow(over);
        return string.Join(Path.PathSeparator, results) + context.NewGuid();
    }

    private static IEnumerable<int> Numbers()
    {
        yield return 1;
        yield return 2;
    }

    private static void CancelNow(CancellationTokenSource source) => source.Cancel();
}
