using Azure;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Watching;
using Xunit;

namespace CoinPay.Functions.Tests.Watching;

/// <summary>Two pollers of one network: one was paused, or believes that it still is the only one.</summary>
public sealed class OvertakenPollerTests(PollerTest.Storage storage) : PollerTest(storage)
{
    [Fact]
    public async Task A_paused_poller_writes_no_view_once_another_has_taken_over()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        NetworkPoller other = NewPoller();
        Func<Task> pause = () => Task.CompletedTask;
        NetworkPoller paused = NewPoller(views: new(StorageThat(() => pause()), new Networks([Chain.Network])));
        await paused.PollAsync(CancellationToken.None);
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        pause = async () =>
        {
            pause = () => Task.CompletedTask;
            Chain.Drop(1);
            Chain.MineEmpty(2);
            await other.PollAsync(CancellationToken.None);
        };

        await RequireOvertakenAsync(paused);
        Assert.Empty(await ViewAsync(watch));
        await paused.PollAsync(CancellationToken.None);
        Assert.Empty(await ViewAsync(watch));
    }

    [Fact]
    public async Task A_second_poller_that_knows_less_does_not_make_a_payment_late()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        NetworkPoller second = NewPoller();
        await second.PollAsync(CancellationToken.None);
        ChainTransfer payment = ModelChain.Transfer("alice", "t1", 1_000);
        Chain.Broadcast(payment);
        DateTimeOffset firstSeen = Clock.GetUtcNow();
        await PollAsync();
        Clock.Advance(TimeSpan.FromMinutes(10));
        Chain.Mine(payment);

        await RequireOvertakenAsync(second);
        await second.PollAsync(CancellationToken.None);
        ViewedTransfer mined = await TransferAsync(watch);
        Assert.Equal((3, firstSeen), ((int)mined.Block!.Height, mined.FirstSeenAt));
    }

    [Fact]
    public async Task A_poller_is_overtaken_although_the_other_has_stored_no_cursor()
    {
        await WatchAsync("alice");
        Chain.MineEmpty(3);
        await PollAsync();
        NetworkPoller other = NewPoller();
        Chain.AfterStep = step => step == "mempool" ? throw new ChainUnknownException("model", "silent") : Task.CompletedTask;
        await Assert.ThrowsAsync<ChainUnknownException>(() => other.PollAsync(CancellationToken.None));
        Chain.AfterStep = _ => Task.CompletedTask;

        Chain.Mine();
        await Assert.ThrowsAnyAsync<RequestFailedException>(PollAsync);
        await PollAsync();
        await RequireOvertakenAsync(other);
    }

    /// <summary>The views were written for a branch, and the process died before it stored the cursor.</summary>
    [Fact]
    public async Task A_branch_that_wins_again_after_a_crash_brings_its_payments_back()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        Chain.Mine();
        await PollAsync();
        IReadOnlyList<ChainBlock> first = Chain.Branch();
        Chain.Drop(2);
        Chain.MineEmpty(3);
        int saves = 0;
        // The first takes over, the second follows the views.
        NetworkPoller dying = NewPoller(CursorsUntil(() => ++saves == 2));
        await Assert.ThrowsAsync<InvalidOperationException>(() => dying.PollAsync(CancellationToken.None));
        Assert.Equal(TransferStatus.Reorged, (await TransferAsync(watch)).Lost);

        Chain.SwitchTo(first);
        Restart();
        Assert.Equal([watch.InvoiceId], await PollAsync());
        ViewedTransfer back = await TransferAsync(watch);
        Assert.Equal((3L, null), (back.Block?.Height, back.Lost));
    }

    private static async Task RequireOvertakenAsync(NetworkPoller poller)
    {
        RequestFailedException overtaken = await Assert.ThrowsAnyAsync<RequestFailedException>(() => poller.PollAsync(CancellationToken.None));
        Assert.Equal(412, overtaken.Status);
    }
}
