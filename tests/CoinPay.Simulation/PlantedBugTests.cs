using CoinPay.Simulation.Runtime;
using Xunit;

namespace CoinPay.Simulation;

/// <summary>Checks that the simulator catches each of these bugs within 200 seeds, most by the first.</summary>
public sealed class PlantedBugTests
{
    private const ulong MaxSeeds = 200;

    public static TheoryData<string> Bugs => [.. All.Keys];

    private static IReadOnlyDictionary<string, Func<Seams>> All { get; } = new Dictionary<string, Func<Seams>>
    {
        ["a reversal is forgotten"] = () => new ForgottenReversal(),
        ["unknown is treated as empty"] = () => new UnknownIsEmpty(),
        ["payments are keyed by transaction only"] = () => new KeyedByTransactionOnly(),
        ["the clock is read in the decider"] = () => new ClockInTheDecider(),
        ["a view is acknowledged before the commit"] = () => new AcknowledgedBeforeCommit(),
        ["the outbox is dropped"] = () => new DroppedOutbox(),
        ["a wallet's history is overlooked"] = () => new OverlookedHistory(),
        ["a coinbase counts like any payment"] = () => new ImmatureCoinbase(),
        ["a low fee and a contested ancestor are overlooked"] = () => new TrustfulMempool(),
        ["a paused poller writes views"] = () => new UnfencedViews(),
    };

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_planted_bug_is_caught(string bug) => RequireCaught(bug, All[bug]);

    private static void RequireCaught(string bug, Func<Seams> seams)
    {
        for (ulong seed = 1; seed <= MaxSeeds; seed++)
            if (Life.Run(seed, seams).Failure is { } failure)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {failure}");
                return;
            }
        Assert.Fail($"{bug}, and {MaxSeeds} seeds saw nothing");
    }
}
