using CoinPay.Core;
using CoinPay.Functions.Watching;
using Xunit;

namespace CoinPay.Functions.Tests.Watching;

/// <summary>Catching up after an outage, on a node that takes its time.</summary>
public sealed class CatchUpTests(PollerTest.Storage storage) : PollerTest(storage)
{
    [Fact]
    public async Task A_poll_that_runs_out_of_time_leaves_the_rest_to_the_next_and_says_how_far_it_is()
    {
        Watch watch = await BehindAsync(blocks: 1_000);
        Cursor before = await CursorAsync(watch);
        SlowDown(TimeSpan.FromSeconds(4));
        DateTimeOffset beganAt = Clock.GetUtcNow();
        await PollAsync();

        Cursor partly = await CursorAsync(watch);
        Assert.InRange(partly.Height, before.Height + 1, Chain.Height - 1);
        Assert.Equal(before.CompletePollBeganAt, partly.CompletePollBeganAt);
        Assert.InRange(Clock.GetUtcNow() - beganAt, TimeSpan.Zero, CatchUp.TimeBudget + TimeSpan.FromSeconds(4));
        Assert.Contains(Log.All, line => line == $"{watch.Network}: {partly.Height - before.Height:N0} of 1,000 blocks read");
    }

    [Fact]
    public async Task Every_payment_of_an_outage_is_found_over_several_polls_and_restarts()
    {
        Watch watch = await BehindAsync(blocks: 300);
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        Chain.MineEmpty(300);
        Chain.Mine(ModelChain.Transfer("alice", "t2", 1_000));
        SlowDown(TimeSpan.FromSeconds(2));
        int polls = 0;
        while ((await CursorAsync(watch)).Height < Chain.Height)
        {
            await PollAsync();
            Restart();
            Assert.InRange(++polls, 1, 20);
        }

        Assert.InRange(polls, 2, 20);
        Assert.Equal(["t1", "t2"], (await ViewAsync(watch)).Select(transfer => transfer.TransactionHash).Order());
    }

    [Fact]
    public async Task The_steps_become_as_large_as_the_node_is_fast()
    {
        await BehindAsync(blocks: 2_000);
        List<int> steps = [];
        Chain.AfterBlocks = count => steps.Add(count);
        await PollAsync();
        Assert.Equal([8, 16, 32, 64, 128, 200, 200], steps.Take(7));
        Assert.Contains(Log.All, line => line.EndsWith(": 2,000 of 2,000 blocks read", StringComparison.Ordinal));

        Chain.MineEmpty(2_000);
        SlowDown(TimeSpan.FromSeconds(4));
        steps.Clear();
        await PollAsync();
        Assert.Equal([200, 100, 50], steps);
    }

    [Fact]
    public async Task A_step_that_is_stopped_from_outside_is_tried_again_with_fewer_blocks()
    {
        Watch watch = await BehindAsync(blocks: 500);
        await PollAsync();
        Chain.MineEmpty(500);
        Chain.AfterBlocks = count =>
        {
            if (count > 100)
                throw new OperationCanceledException();
        };
        await Assert.ThrowsAsync<OperationCanceledException>(PollAsync);
        int stopped = 0;
        while (await Record.ExceptionAsync(PollAsync) is not null)
            Assert.InRange(++stopped, 1, 10);
        Assert.Equal(Chain.Height, (await CursorAsync(watch)).Height);
    }

    [Fact]
    public async Task An_invoice_is_woken_at_its_depth_though_the_head_was_past_it_long_before()
    {
        Watch watch = await BehindAsync(blocks: 7, RequiredDepth.OfBlocks(5));
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        Chain.MineEmpty(500);
        SlowDown(TimeSpan.FromSeconds(11));

        // The first step ends with the payment's own block.
        Assert.Equal([watch.InvoiceId], await PollAsync());
        await AcknowledgeAsync(watch);
        Assert.Equal([watch.InvoiceId], await PollAsync());
        Assert.Empty(await Views.ReadDepthMarksAsync(watch.Network, CancellationToken.None));
    }

    [Fact]
    public async Task A_network_that_is_not_behind_says_nothing()
    {
        await BehindAsync(blocks: 150);
        await PollAsync();
        Assert.DoesNotContain(Log.All, line => line.Contains("blocks read", StringComparison.Ordinal));
    }

    /// <summary>An invoice on a network that was read, and on which so many blocks were found since.</summary>
    private async Task<Watch> BehindAsync(int blocks, RequiredDepth? required = null)
    {
        Watch watch = await WatchAsync("alice", required);
        Chain.MineEmpty(3);
        await PollAsync();
        Chain.MineEmpty(blocks);
        Clock.Advance(TimeSpan.FromMinutes(1));
        return watch;
    }

    private void SlowDown(TimeSpan step) => Chain.AfterStep = done =>
    {
        if (done == "blocks")
            Clock.Advance(step);
        return Task.CompletedTask;
    };

    private async Task<Cursor> CursorAsync(Watch watch) => (await Cursors.FindAsync(watch.Network, CancellationToken.None))!;
}
