using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Chains;
using CoinPay.Functions.Stores;
using CoinPay.Tests;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Functions.Tests.Chains;

/// <summary>The poller over a chain that the test moves, with its stores on a real Azurite.</summary>
public sealed class NetworkPollerTests(NetworkPollerTests.Storage storage) : IClassFixture<NetworkPollerTests.Storage>
{
    private static int _networks;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private readonly ModelChain _chain = new("model-" + Interlocked.Increment(ref _networks));
    private NetworkPoller? _poller;

    private WatchStore Watches => new(storage.Tables);

    private ViewStore Views => new(storage.Tables);

    private CursorStore Cursors => new(storage.Tables);

    [Fact]
    public async Task A_transfer_in_a_new_block_stands_in_the_view_and_wakes_its_invoice()
    {
        Watch watch = await WatchAsync("alice");
        _chain.MineEmpty(3);
        await PollAsync();
        _chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));

        Assert.Equal([watch.InvoiceId], await PollAsync());
        ViewedTransfer seen = Assert.Single(await ViewAsync(watch));
        Assert.Equal((1_000, 3), ((int)seen.Amount, (int)seen.Block!.Height));
        Assert.NotNull(await Views.FindPendingAsync(watch.Network, watch.InvoiceId, CancellationToken.None));
    }

    [Fact]
    public async Task A_depth_that_is_passed_goes_with_the_wake_and_one_that_is_gone_already_does_no_harm()
    {
        Watch watch = await WatchAsync("alice");
        DepthMark passed = new(null, 5), next = new(null, 9);
        await Views.WriteAsync(watch, [], [passed], [], CancellationToken.None);

        await Views.WriteAsync(watch, [], [next], [passed], CancellationToken.None);
        Assert.Equal([(watch.InvoiceId, next)], await Views.ReadDepthMarksAsync(watch.Network, CancellationToken.None));

        await Views.WriteAsync(watch, [], [], [passed, next], CancellationToken.None);
        Assert.Empty(await Views.ReadDepthMarksAsync(watch.Network, CancellationToken.None));
        Assert.NotNull(await Views.FindPendingAsync(watch.Network, watch.InvoiceId, CancellationToken.None));
    }

    [Fact]
    public async Task Nothing_new_wakes_nobody_and_dust_is_left_out()
    {
        Watch watch = await WatchAsync("alice");
        _chain.MineEmpty(3);
        _chain.Mine(ModelChain.Transfer("alice", "dust", 499), ModelChain.Transfer("bob", "other", 5_000));

        Assert.Empty(await PollAsync());
        Assert.Empty(await PollAsync());
        Assert.Empty(await ViewAsync(watch));
    }

    [Fact]
    public async Task The_mempool_shows_a_payment_first_and_the_block_keeps_when_it_was_seen()
    {
        Watch watch = await WatchAsync("alice");
        _chain.MineEmpty(3);
        ChainTransfer payment = ModelChain.Transfer("alice", "t1", 1_000);
        _chain.Broadcast(payment);
        DateTimeOffset firstSeen = _clock.GetUtcNow();
        await PollAsync();
        Assert.Null(Assert.Single(await ViewAsync(watch)).Block);

        _clock.Advance(TimeSpan.FromMinutes(10));
        _chain.Mine(payment);
        await PollAsync();

        ViewedTransfer mined = Assert.Single(await ViewAsync(watch));
        Assert.Equal((3, firstSeen), ((int)mined.Block!.Height, mined.FirstSeenAt));
    }

    [Fact]
    public async Task A_payment_that_leaves_the_mempool_and_stands_in_no_block_is_replaced()
    {
        Watch watch = await WatchAsync("alice");
        _chain.MineEmpty(3);
        ChainTransfer payment = ModelChain.Transfer("alice", "t1", 1_000);
        _chain.Broadcast(payment);
        await PollAsync();
        _chain.Evict(payment);

        Assert.Equal([watch.InvoiceId], await PollAsync());
        Assert.Equal(TransferStatus.Replaced, Assert.Single(await ViewAsync(watch)).Lost);
    }

    [Fact]
    public async Task A_payment_that_is_mined_while_the_mempool_is_read_is_not_taken_for_replaced()
    {
        Watch watch = await WatchAsync("alice");
        _chain.MineEmpty(3);
        ChainTransfer payment = ModelChain.Transfer("alice", "t1", 1_000);
        _chain.Broadcast(payment);
        await PollAsync();
        bool mined = false;
        _chain.AfterStep = step =>
        {
            if (step == "head" && !mined)
            {
                mined = true;
                _chain.Mine(payment);
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
        _chain.MineEmpty(3);
        await PollAsync();
        Watch? watch = null;
        _chain.AfterStep = async done =>
        {
            if (done != step || watch is not null)
                return;
            watch = await WatchAsync("late-" + step);
            _chain.Mine(ModelChain.Transfer("late-" + step, "t-" + step, 1_000));
        };
        _chain.Mine();
        await PollAsync();
        _chain.AfterStep = _ => Task.CompletedTask;
        await PollAsync();

        Assert.Equal(4, Assert.Single(await ViewAsync(watch!)).Block!.Height);
    }

    [Fact]
    public async Task A_reorg_that_mines_the_payment_again_moves_it_and_one_that_drops_it_loses_it()
    {
        Watch kept = await WatchAsync("kept");
        Watch lost = await WatchAsync("lost");
        _chain.MineEmpty(3);
        ChainTransfer moved = ModelChain.Transfer("kept", "t1", 1_000);
        _chain.Mine(moved, ModelChain.Transfer("lost", "t2", 2_000));
        _chain.MineEmpty(2);
        await PollAsync();
        string before = Assert.Single(await ViewAsync(kept)).Block!.Hash;

        _chain.Drop(3);
        _chain.Mine();
        _chain.Mine(moved);
        _chain.MineEmpty(3);
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
        _chain.MineEmpty(3);
        _chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        await PollAsync();
        _poller = null;
        _chain.Drop(1);
        _chain.MineEmpty(2);

        await PollAsync();
        Assert.Equal(TransferStatus.Reorged, Assert.Single(await ViewAsync(watch)).Lost);
    }

    [Fact]
    public async Task A_reorg_between_reading_the_head_and_its_blocks_ends_the_poll_and_the_next_one_is_whole()
    {
        Watch watch = await WatchAsync("alice");
        _chain.MineEmpty(5);
        await PollAsync();
        _chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        _chain.AfterStep = step =>
        {
            if (step == "head")
            {
                _chain.Drop(2);
                _chain.MineEmpty(2);
            }
            return Task.CompletedTask;
        };
        await Assert.ThrowsAsync<ChainUnknownException>(PollAsync);

        _chain.AfterStep = _ => Task.CompletedTask;
        _chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        Assert.Equal([watch.InvoiceId], await PollAsync());
    }

    [Fact]
    public async Task A_node_that_falls_behind_is_unknown_and_takes_nothing_back()
    {
        Watch watch = await WatchAsync("alice");
        _chain.MineEmpty(3);
        _chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        await PollAsync();
        _chain.Drop(1);

        await Assert.ThrowsAsync<ChainUnknownException>(PollAsync);
        Assert.Null(Assert.Single(await ViewAsync(watch)).Lost);
    }

    [Fact]
    public async Task The_invoice_is_woken_again_when_its_payment_is_deep_enough()
    {
        Watch watch = await WatchAsync("alice", RequiredDepth.OfBlocks(3));
        _chain.MineEmpty(3);
        _chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        Assert.Single(await PollAsync());
        _chain.Mine();
        Assert.Empty(await PollAsync());
        _poller = null;
        await AcknowledgeAsync(watch);
        _chain.Mine();

        Assert.Equal([watch.InvoiceId], await PollAsync());
        Assert.Empty(await Views.ReadDepthMarksAsync(watch.Network, CancellationToken.None));
    }

    [Fact]
    public async Task A_poller_that_starts_after_a_crash_wakes_what_was_not_taken_up()
    {
        Watch watch = await WatchAsync("alice");
        _chain.MineEmpty(3);
        _chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        await PollAsync();
        _poller = null;

        Assert.Equal([watch.InvoiceId], await PollAsync());
    }

    [Fact]
    public async Task A_catch_up_over_many_blocks_finds_every_payment()
    {
        Watch watch = await WatchAsync("alice");
        _chain.MineEmpty(3);
        await PollAsync();
        for (int i = 0; i < 5; i++)
        {
            _chain.MineEmpty(120);
            _chain.Mine(ModelChain.Transfer("alice", "t" + i, 1_000));
        }

        await PollAsync();
        Assert.Equal(5, (await ViewAsync(watch)).Count);
        Assert.Equal(_chain.Height, (await Cursors.FindAsync(watch.Network, CancellationToken.None))!.Height);
    }

    [Fact]
    public async Task A_second_poller_that_stalled_cannot_turn_the_cursor_back()
    {
        _chain.MineEmpty(5);
        NetworkPoller stalled = NewPoller();
        await stalled.PollAsync(CancellationToken.None);
        await PollAsync();
        _chain.MineEmpty(5);
        await PollAsync();
        _chain.MineEmpty(1);

        await Assert.ThrowsAsync<Azure.RequestFailedException>(() => stalled.PollAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_payment_that_was_viewed_and_whose_block_left_before_the_cursor_was_stored_does_not_stand()
    {
        Watch watch = await WatchAsync("alice");
        _chain.MineEmpty(3);
        NetworkPoller overtaken = NewPoller();
        await overtaken.PollAsync(CancellationToken.None);
        _chain.Mine();
        await PollAsync();
        _chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        await Assert.ThrowsAsync<Azure.RequestFailedException>(() => overtaken.PollAsync(CancellationToken.None));
        Assert.NotNull(Assert.Single(await ViewAsync(watch)).Block);
        _chain.Drop(1);
        _chain.MineEmpty(2);
        _poller = null;

        Assert.Equal([watch.InvoiceId], await PollAsync());
        Assert.Equal(TransferStatus.Reorged, Assert.Single(await ViewAsync(watch)).Lost);
    }

    private async Task<string[]> PollAsync()
    {
        _poller ??= NewPoller();
        return [.. (await _poller.PollAsync(CancellationToken.None)).Select(watch => watch.InvoiceId)];
    }

    private NetworkPoller NewPoller() => new(_chain, Watches, Views, Cursors, _clock, NullLogger<NetworkPoller>.Instance);

    private Task<List<ViewedTransfer>> ViewAsync(Watch watch) => Views.ReadAsync(watch.Network, watch.InvoiceId, CancellationToken.None);

    private async Task AcknowledgeAsync(Watch watch) => await Views.AcknowledgeAsync(
        watch.Network,
        watch.InvoiceId,
        (await Views.FindPendingAsync(watch.Network, watch.InvoiceId, CancellationToken.None))!.Value,
        CancellationToken.None);

    private Task<Watch> WatchAsync(string recipient, RequiredDepth? required = null) => Watches.InsertAsync(
        new()
        {
            Network = _chain.Network.Name,
            InvoiceId = Id.New("inv", _clock.GetUtcNow()),
            MerchantId = Id.New("mer", _clock.GetUtcNow()),
            Address = recipient,
            Recipient = recipient,
            Required = required ?? RequiredDepth.OfBlocks(1),
            MonitorUntil = _clock.GetUtcNow().AddDays(90),
        },
        CancellationToken.None);

    /// <summary>One Azurite for all tests of the class; each test has a network of its own.</summary>
    public sealed class Storage : IAsyncLifetime
    {
        private Azurite? _azurite;

        internal Tables Tables { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            _azurite = await Azurite.StartAsync();
            Tables = new Tables(new TableServiceClient(_azurite.ConnectionString));
            await Tables.EnsureCreatedAsync(CancellationToken.None);
        }

        public ValueTask DisposeAsync() => _azurite!.DisposeAsync();
    }
}
