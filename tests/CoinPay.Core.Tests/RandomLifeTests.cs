using CoinPay.Core;
using CsCheck;
using Xunit;

namespace CoinPay.Tests.Core;

/// <summary>
/// What holds in every reachable state. The world itself checks books, versions and repetition at each commit.
/// </summary>
public sealed class RandomLifeTests
{
    [Fact]
    public void Books_state_and_replay_agree_through_every_life() =>
        RandomLife.Any.Sample(life => Live(life).ReplayAgrees(), iter: Cases.Count, print: life => life.ToString());

    [Fact]
    public void Every_life_comes_to_the_verdict_of_its_policy_once_nothing_moves_any_more() =>
        RandomLife.Any.Sample(
            life =>
            {
                InvoiceWorld world = Live(life);
                world.Take(RandomLife.EverythingSettles);
                Assert.Equal(RandomLife.Verdict(world.State!), world.State!.Status);
            },
            iter: Cases.Count,
            print: life => life.ToString());

    [Fact]
    public void Random_lives_reach_every_status_that_a_chain_can_lead_to()
    {
        Assert.SkipWhen(Cases.AreFew, "some dozens of lives do not reach everything");
        HashSet<InvoiceStatus> reached = [];
        void Note(InvoiceWorld world)
        {
            lock (reached)
                reached.Add(world.State!.Status);
        }
        // Every state on the way counts, not only the last: the rarest ends one life in some hundreds.
        RandomLife.Any.Sample(life => { Live(life, Note); }, iter: Math.Max(Cases.Count, LivesThatReachEverything));
        Assert.Equal(Enum.GetValues<InvoiceStatus>().Where(status => status != InvoiceStatus.Refunded), reached.Order());
    }

    private const int LivesThatReachEverything = 3_000;

    private static InvoiceWorld Live(RandomLife life, Action<InvoiceWorld>? note = null)
    {
        InvoiceWorld world = new();
        world.Take(life.Opening);
        foreach (Step step in life.Steps)
        {
            world.Take(step);
            note?.Invoke(world);
        }
        return world;
    }
}
