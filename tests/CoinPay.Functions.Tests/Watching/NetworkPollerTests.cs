using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Watching;
using Xunit;

namespace CoinPay.Functions.Tests.Watching;

/// <summary>The poller over a chain that the test moves, with its stores in memory.</summary>
public sealed class NetworkPollerTests(PollerTest.Storage storage) : PollerTest(storage)
{
    [Fact]
    public async Task A_transfer_in_a_new_block_stands_in_the_view_and_wakes_its_invoice()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        await PollAsync();
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));

        Assert.Equal([watch.InvoiceId], await PollAsync());
        ViewedTransfer seen = Assert.Single(await ViewAsync(watch));
        Assert.Equal((1_000, 3), ((int)seen.Amount, (int)seen.Block!.Height));
        Assert.NotNull(await Views.FindPendingAsync(watch.Network, watch.InvoiceId, CancellationToken.None));
    }

    [Fact]
    public async Task A_watch_that_stands_past_its_time_is_looked_out_for_by_a_new_process_too()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        await PollAsync();
        Clock.Advance(watch.MonitorUntil - Clock.GetUtcNow() + TimeSpan.FromHours(1));
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));

        Restart();
        Assert.Equal([watch.InvoiceId], await PollAsync());
    }

    [Fact]
    public async Task A_depth_that_is_passed_goes_and_one_that_is_gone_already_does_no_harm()
    {
        Watch watch = await WatchAsync("alice");
        DepthMark passed = new(null, 5), next = new(null, 9);
        ViewFence fence = await FenceAsync();
        await Views.WriteAsync(fence, watch, [], [passed], height: 0, _ => Outpoints.None, CancellationToken.None);

        await Views.WriteAsync(fence, watch, [], [next], height: 0, _ => Outpoints.None, CancellationToken.None);
        await Views.PassDepthsAsync(fence, [(watch, passed)], CancellationToken.None);
        Assert.Equal([(watch.InvoiceId, next)], await Views.ReadDepthMarksAsync(watch.Network, CancellationToken.None));

        await Views.PassDepthsAsync(fence, [(watch, passed), (watch, next)], CancellationToken.None);
        Assert.Empty(await Views.ReadDepthMarksAsync(watch.Network, CancellationToken.None));
        Assert.NotNull(await Views.FindPendingAsync(watch.Network, watch.InvoiceId, CancellationToken.None));
    }

    /// <summary>Woken by another network, or because its time is up, it finds the cursor as it was before this head.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_invoice_that_looks_after_its_view_and_before_the_cursor_is_stored_is_asked_again_at_its_depth(int blocks)
    {
        Watch watch = await WatchAsync("alice", RequiredDepth.OfBlocks(blocks));
        Chain.MineEmpty(3);
        NetworkPoller poller = NewPoller(new CursorStore(StorageThat(beforeCursors: async () =>
        {
            if (await Views.FindPendingAsync(watch.Network, watch.InvoiceId, CancellationToken.None) is not null)
                await AcknowledgeAsync(watch);
        })));
        await poller.PollAsync(CancellationToken.None);
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        for (int depth = 1; depth < blocks; depth++)
        {
            await poller.PollAsync(CancellationToken.None);
            Assert.Null(await Views.FindPendingAsync(watch.Network, watch.InvoiceId, CancellationToken.None));
            Chain.Mine();
        }

        Assert.Single(await poller.PollAsync(CancellationToken.None), watch);
        Assert.NotNull(await Views.FindPendingAsync(watch.Network, watch.InvoiceId, CancellationToken.None));
        Assert.Empty(await Views.ReadDepthMarksAsync(watch.Network, CancellationToken.None));
    }

    [Fact]
    public async Task Nothing_new_wakes_nobody_and_dust_is_left_out()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        Chain.Mine(ModelChain.Transfer("alice", "dust", 499), ModelChain.Transfer("bob", "other", 5_000));

        Assert.Empty(await PollAsync());
        Assert.Empty(await PollAsync());
        Assert.Empty(await ViewAsync(watch));
    }

    [Fact]
    public async Task The_mempool_shows_a_payment_first_and_the_block_keeps_when_it_was_seen()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        ChainTransfer payment = ModelChain.Transfer("alice", "t1", 1_000);
        Chain.Broadcast(payment);
        DateTimeOffset firstSeen = Clock.GetUtcNow();
        await PollAsync();
        Assert.Null(Assert.Single(await ViewAsync(watch)).Block);

        Clock.Advance(TimeSpan.FromMinutes(10));
        Chain.Mine(payment);
        await PollAsync();

        ViewedTransfer mined = Assert.Single(await ViewAsync(watch));
        Assert.Equal((3, firstSeen), ((int)mined.Block!.Height, mined.FirstSeenAt));
    }

    [Fact]
    public async Task A_payment_that_leaves_the_mempool_and_stands_in_no_block_is_replaced()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        ChainTransfer payment = ModelChain.Transfer("alice", "t1", 1_000);
        Chain.Broadcast(payment);
        await PollAsync();
        Chain.Evict(payment);

        Assert.Equal([watch.InvoiceId], await PollAsync());
        Assert.Equal(TransferStatus.Replaced, Assert.Single(await ViewAsync(watch)).Lost);
    }

    [Fact]
    public async Task A_node_whose_head_stands_still_shows_what_it_has_and_proves_no_absence()
    {
        Chain.MaxHeadAge = TimeSpan.FromMinutes(5);
        Chain.NextBlockAt = Clock.GetUtcNow();
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        ChainTransfer waiting = ModelChain.Transfer("alice", "t1", 1_000);
        Chain.Broadcast(waiting);
        NetworkPoller poller = NewPoller(Cursors);
        await poller.PollAsync(CancellationToken.None);
        Cursor healthy = await CursorAsync();
        Assert.Null(poller.Progress.Doubt);

        Clock.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
        Chain.Evict(waiting);
        Chain.Broadcast(ModelChain.Transfer("alice", "t2", 2_000));
        Assert.Equal([watch.InvoiceId], (await poller.PollAsync(CancellationToken.None)).Select(touched => touched.InvoiceId));
        Assert.Contains("check the node's peers", poller.Progress.Doubt, StringComparison.Ordinal);
        Assert.Equal(healthy.CompletePollBeganAt, (await CursorAsync()).CompletePollBeganAt);
        Assert.Equal(healthy.CompletePollBeganAt, poller.Progress.CompletePollBeganAt);
        Assert.All(await ViewAsync(watch), transfer => Assert.Null(transfer.Lost));

        Chain.NextBlockAt = Clock.GetUtcNow();
        Chain.Mine();
        await poller.PollAsync(CancellationToken.None);
        Assert.Null(poller.Progress.Doubt);
        Assert.Equal(Clock.GetUtcNow(), (await CursorAsync()).CompletePollBeganAt);
        Assert.Equal(TransferStatus.Replaced, Assert.Single(await ViewAsync(watch), transfer => transfer.TransactionHash == "t1").Lost);
    }

    [Fact]
    public async Task A_payment_that_is_mined_while_the_mempool_is_read_is_not_taken_for_replaced()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        ChainTransfer payment = ModelChain.Transfer("alice", "t1", 1_000);
        Chain.Broadcast(payment);
        await PollAsync();
        bool mined = false;
        Chain.AfterStep = step =>
        {
            if (step == "head" && !mined)
            {
                mined = true;
                Chain.Mine(payment);
            }
            return Task.CompletedTask;
        };

        await PollAsync();
        Assert.Null(Assert.Single(await ViewAsync(watch)).Lost);
        await PollAsync();
        Assert.Equal(3, Assert.Single(await ViewAsync(watch)).Block!.Height);
    }

    [Theory]
    [InlineData("head")]
    [InlineData("blocks")]
    [InlineData("mempool")]
    public async Task A_payment_between_any_two_steps_of_a_poll_is_found_by_the_next(string step)
    {
        Chain.MineEmpty(3);
        await PollAsync();
        Watch? watch = null;
        Chain.AfterStep = async done =>
        {
            if (done != step || watch is not null)
                return;
            watch = await WatchAsync("late-" + step);
            Chain.Mine(ModelChain.Transfer("late-" + step, "t-" + step, 1_000));
        };
        Chain.Mine();
        await PollAsync();
        Chain.AfterStep = _ => Task.CompletedTask;
        await PollAsync();

        Assert.Equal(4, Assert.Single(await ViewAsync(watch!)).Block!.Height);
    }

    [Fact]
    public async Task A_payment_in_a_block_that_comes_during_a_poll_is_found_although_its_invoice_is_as_young()
    {
        Chain.MineEmpty(3);
        Watch first = await WatchAsync("alice");
        ChainTransfer payment = ModelChain.Transfer("alice", "t1", 5_000);
        Chain.Broadcast(payment);
        await PollAsync();
        // A payment that left the mempool makes the poller look for it in a newer block.
        Chain.Evict(payment);
        Watch? second = null;
        Chain.AfterStep = async step =>
        {
            if (step != "mempool" || second is not null)
                return;
            second = await WatchAsync("bob");
            Chain.Mine(payment, ModelChain.Transfer("bob", "t2", 5_000));
        };
        string[] woken = await PollAsync();
        Assert.Equal(new[] { first.InvoiceId, second!.InvoiceId }.Order(), woken.Order());
    }

    [Fact]
    public async Task A_reorg_that_mines_the_payment_again_moves_it_and_one_that_drops_it_loses_it()
    {
        Watch kept = await WatchAsync("kept");
        Watch lost = await WatchAsync("lost");
        Chain.MineEmpty(3);
        ChainTransfer moved = ModelChain.Transfer("kept", "t1", 1_000);
        Chain.Mine(moved, ModelChain.Transfer("lost", "t2", 2_000));
        Chain.MineEmpty(2);
        await PollAsync();
        string before = Assert.Single(await ViewAsync(kept)).Block!.Hash;

        Chain.Drop(3);
        Chain.Mine();
        Chain.Mine(moved);
        Chain.MineEmpty(3);
        string[] woken = await PollAsync();

        Assert.Equal(new[] { kept.InvoiceId, lost.InvoiceId }.Order(), woken.Order());
        ViewedTransfer again = Assert.Single(await ViewAsync(kept));
        Assert.Equal((4, null), ((int)again.Block!.Height, again.Lost));
        Assert.NotEqual(before, again.Block.Hash);
        Assert.Equal(TransferStatus.Reorged, Assert.Single(await ViewAsync(lost)).Lost);
    }

    [Fact]
    public async Task A_reorg_seen_only_after_a_restart_is_handled_the_same()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        await PollAsync();
        Restart();
        Chain.Drop(1);
        Chain.MineEmpty(2);

        await PollAsync();
        Assert.Equal(TransferStatus.Reorged, Assert.Single(await ViewAsync(watch)).Lost);
    }

    [Fact]
    public async Task A_reorg_between_reading_the_head_and_its_blocks_ends_the_poll_and_the_next_one_is_whole()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(5);
        await PollAsync();
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        Chain.AfterStep = step =>
        {
            if (step == "head")
            {
                Chain.Drop(2);
                Chain.MineEmpty(2);
            }
            return Task.CompletedTask;
        };
        await Assert.ThrowsAsync<ChainUnknownException>(PollAsync);

        Chain.AfterStep = _ => Task.CompletedTask;
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        Assert.Equal([watch.InvoiceId], await PollAsync());
    }

    [Fact]
    public async Task A_node_that_falls_behind_is_unknown_and_takes_nothing_back()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        await PollAsync();
        Chain.Drop(1);

        await Assert.ThrowsAsync<ChainUnknownException>(PollAsync);
        Assert.Null(Assert.Single(await ViewAsync(watch)).Lost);
    }

    [Fact]
    public async Task The_invoice_is_woken_again_when_its_payment_is_deep_enough()
    {
        Watch watch = await WatchAsync("alice", RequiredDepth.OfBlocks(3));
        Chain.MineEmpty(3);
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        Assert.Single(await PollAsync());
        Chain.Mine();
        Assert.Empty(await PollAsync());
        Restart();
        await AcknowledgeAsync(watch);
        Chain.Mine();

        Assert.Equal([watch.InvoiceId], await PollAsync());
        Assert.Empty(await Views.ReadDepthMarksAsync(watch.Network, CancellationToken.None));
    }

    [Fact]
    public async Task A_poller_that_starts_after_a_crash_wakes_what_was_not_taken_up()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        await PollAsync();
        Restart();

        Assert.Equal([watch.InvoiceId], await PollAsync());
    }

    [Fact]
    public async Task A_catch_up_over_many_blocks_finds_every_payment()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        await PollAsync();
        for (int i = 0; i < 5; i++)
        {
            Chain.MineEmpty(120);
            Chain.Mine(ModelChain.Transfer("alice", "t" + i, 1_000));
        }

        await PollAsync();
        Assert.Equal(5, (await ViewAsync(watch)).Count);
        Assert.Equal(Chain.Height, (await Cursors.FindAsync(watch.Network, CancellationToken.None))!.Height);
    }

    [Fact]
    public async Task A_second_poller_that_stalled_cannot_turn_the_cursor_back()
    {
        Chain.MineEmpty(5);
        NetworkPoller stalled = NewPoller();
        await stalled.PollAsync(CancellationToken.None);
        await PollAsync();
        Chain.MineEmpty(5);
        await PollAsync();
        Chain.MineEmpty(1);

        await Assert.ThrowsAsync<Azure.RequestFailedException>(() => stalled.PollAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_payment_that_was_viewed_and_whose_block_left_before_the_cursor_was_stored_does_not_stand()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        bool dies = false;
        NetworkPoller dying = NewPoller(CursorsUntil(() => dies));
        await dying.PollAsync(CancellationToken.None);
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        dies = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => dying.PollAsync(CancellationToken.None));
        Assert.NotNull(Assert.Single(await ViewAsync(watch)).Block);
        Chain.Drop(1);
        Chain.MineEmpty(2);
        Restart();

        Assert.Equal([watch.InvoiceId], await PollAsync());
        Assert.Equal(TransferStatus.Reorged, Assert.Single(await ViewAsync(watch)).Lost);
    }

    [Fact]
    public async Task A_depth_that_was_passed_before_the_cursor_was_stored_wakes_the_invoice_again()
    {
        Watch watch = await WatchAsync("alice", RequiredDepth.OfBlocks(2));
        Chain.MineEmpty(3);
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        NetworkPoller overtaken = NewPoller();
        await overtaken.PollAsync(CancellationToken.None);
        await PollAsync();
        await Cursors.SaveAsync(
            watch.Network, (await Cursors.FindAsync(watch.Network, CancellationToken.None))!, CancellationToken.None);
        Chain.Mine();
        await Assert.ThrowsAnyAsync<Azure.RequestFailedException>(() => overtaken.PollAsync(CancellationToken.None));
        // The invoice looks, finds the old cursor, and takes its wake for done.
        await AcknowledgeAsync(watch);
        Restart();

        Assert.Equal([watch.InvoiceId], await PollAsync());
        Assert.Empty(await Views.ReadDepthMarksAsync(watch.Network, CancellationToken.None));
    }

    /// <summary>Money that is taken back is told of once: not first as unmined, and by the next poll as gone.</summary>
    [Theory]
    [InlineData("mempool")]
    [InlineData("blocks")]
    public async Task A_payment_that_a_reorg_dropped_is_gone_at_once_although_blocks_are_found_meanwhile(string step)
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        await PollAsync();
        Chain.Drop(1);
        Chain.MineEmpty(2);
        int found = 0;
        Chain.AfterStep = done =>
        {
            if (done == step && found++ < 3)
                Chain.MineEmpty(1);
            return Task.CompletedTask;
        };

        await PollAsync();
        Assert.Equal(TransferStatus.Reorged, (await TransferAsync(watch)).Lost);
    }

    [Fact]
    public async Task A_payment_that_only_a_later_head_of_the_poll_shows_was_not_seen_when_the_poll_began()
    {
        Watch watch = await WatchAsync("alice");
        Watch late = await WatchAsync("bob");
        Chain.MineEmpty(3);
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        await PollAsync();
        Chain.Drop(1);
        Chain.MineEmpty(2);
        DateTimeOffset paidAt = default;
        Chain.AfterStep = done =>
        {
            if (done == "mempool" && paidAt == default)
            {
                Clock.Advance(TimeSpan.FromSeconds(5));
                Chain.Mine(ModelChain.Transfer("bob", "t2", 1_000));
                paidAt = Clock.GetUtcNow();
            }
            return Task.CompletedTask;
        };

        await PollAsync();
        Assert.Equal(TransferStatus.Reorged, (await TransferAsync(watch)).Lost);
        Assert.Equal(paidAt, (await TransferAsync(late)).FirstSeenAt);
    }

    [Fact]
    public async Task A_head_that_never_stands_still_ends_a_poll_all_the_same_and_loses_nothing()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        await PollAsync();
        Chain.Drop(1);
        Chain.AfterStep = done =>
        {
            if (done == "mempool")
                Chain.MineEmpty(1);
            return Task.CompletedTask;
        };
        Chain.MineEmpty(2);
        await PollAsync();
        Assert.Null((await TransferAsync(watch)).Lost);
        Chain.AfterStep = _ => Task.CompletedTask;
        await PollAsync();
        Assert.Equal(TransferStatus.Reorged, (await TransferAsync(watch)).Lost);
    }

    /// <summary>A poller that died after the views of a large step; the next process begins with small ones.</summary>
    [Fact]
    public async Task A_payment_in_a_block_that_is_read_again_never_seems_to_have_left_it()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        bool dies = false;
        NetworkPoller dying = NewPoller(CursorsUntil(() => dies));
        await dying.PollAsync(CancellationToken.None);
        Chain.MineEmpty(300);
        await dying.PollAsync(CancellationToken.None);
        Chain.MineEmpty(40);
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        Chain.MineEmpty(40);
        dies = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => dying.PollAsync(CancellationToken.None));
        Restart();
        List<BlockReference?> seen = [];
        Chain.AfterStep = async _ => seen.Add((await TransferAsync(watch)).Block);

        await PollAsync();
        Assert.True(seen.Count > 3, "it was read in one step");
        Assert.DoesNotContain(null, seen);
    }

    private async Task<Cursor> CursorAsync() => (await Cursors.FindAsync(Chain.Network.Name, CancellationToken.None))!;
}
