using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Gateway;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Functions.Tests.Watching;

/// <summary>The rows that prove which blocks were read, over a chain that the test moves.</summary>
public sealed class ScannedRangesTests(AppServices app) : IClassFixture<AppServices>
{
    private static int _networks;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private readonly ModelChain _chain = new("scanned-" + Interlocked.Increment(ref _networks));
    private NetworkPoller? _poller;

    [Fact]
    public async Task A_range_grows_once_a_minute_and_at_once_with_a_match()
    {
        _chain.MineEmpty(5);
        await PollAsync();
        Assert.Equal([(1, 4)], await RangesAsync());
        _chain.MineEmpty(3);
        await PollAsync();
        Assert.Equal([(1, 4)], await RangesAsync());

        _clock.Advance(TimeSpan.FromMinutes(1));
        _chain.Mine();
        await PollAsync();
        Assert.Equal([(1, 8)], await RangesAsync());

        await WatchAsync("alice");
        _chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        await PollAsync();
        Assert.Equal([(1, 9)], await RangesAsync());
    }

    [Fact]
    public async Task It_ends_with_the_hash_of_its_last_block_and_a_restart_goes_on_with_it()
    {
        _chain.MineEmpty(5);
        await PollAsync();
        _poller = null;
        _clock.Advance(TimeSpan.FromMinutes(1));
        _chain.MineEmpty(5);
        await PollAsync();

        ScannedRange range = Assert.Single(await ReadAsync());
        Assert.Equal((1, 9), (range.From, range.To));
        Assert.Equal(await _chain.ReadBlockHashAsync(9, CancellationToken.None), range.EndHash);
    }

    [Fact]
    public async Task Long_ranges_follow_each_other_without_a_gap()
    {
        _chain.MineEmpty(2);
        await PollAsync();
        for (int i = 0; i < 3; i++)
            await ReadOnAsync(1_100);

        List<ScannedRange> ranges = await ReadAsync();
        Assert.Equal(3, ranges.Count);
        Assert.Equal((1, _chain.Height), (ranges[0].From, ranges[^1].To));
        Assert.Empty(await GapsAsync());
    }

    [Fact]
    public async Task A_reorg_replaces_what_it_orphaned_across_ranges()
    {
        _chain.MineEmpty(2);
        await PollAsync();
        await ReadOnAsync(1_100);
        await ReadOnAsync(100);
        Assert.Equal(2, (await ReadAsync()).Count);

        _chain.Drop(400);
        _chain.MineEmpty(401);
        await PollAsync();

        ScannedRange range = Assert.Single(await ReadAsync());
        Assert.Equal((1, _chain.Height), (range.From, range.To));
        Assert.Equal(await _chain.ReadBlockHashAsync(_chain.Height, CancellationToken.None), range.EndHash);
    }

    [Fact]
    public async Task A_reorg_above_the_end_of_a_range_leaves_it()
    {
        _chain.MineEmpty(5);
        await PollAsync();
        _chain.MineEmpty(3);
        await PollAsync();
        ScannedRange before = Assert.Single(await ReadAsync());
        _chain.Drop(2);
        _chain.MineEmpty(3);
        await PollAsync();
        Assert.Equal([before], await ReadAsync());
    }

    [Fact]
    public async Task A_gap_is_listed()
    {
        _chain.MineEmpty(2);
        await PollAsync();
        await ReadOnAsync(1_100);
        await ReadOnAsync(100);
        ScannedRange last = (await ReadAsync())[^1];
        await app.Tables.Chains.DeleteEntityAsync(_chain.Network.Name, $"scanned!{last.From:D12}");
        await app.Tables.Chains.AddEntityAsync(new TableEntity(_chain.Network.Name, $"scanned!{last.From + 7:D12}")
        {
            ["To"] = last.To,
            ["EndHash"] = last.EndHash,
            ["At"] = last.At,
        });
        Assert.Equal([(last.From, last.From + 6)], await GapsAsync());
    }

    [Fact]
    public async Task A_poll_costs_the_same_whether_it_stores_a_range_or_not()
    {
        _chain.MineEmpty(5);
        await PollAsync();
        int plain = await CallsOfNextPollAsync();
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(plain, await CallsOfNextPollAsync());
        // The new watches of two buckets, and the cursor.
        Assert.Equal(WatchStore.Buckets + 1, plain);
        Assert.Equal([(1, 6)], await RangesAsync());
    }

    /// <summary>Reads this many blocks and stores, in the minute after, that it did.</summary>
    private async Task ReadOnAsync(int blocks)
    {
        _chain.MineEmpty(blocks - 1);
        await PollAsync();
        _clock.Advance(TimeSpan.FromMinutes(1));
        _chain.Mine();
        await PollAsync();
    }

    private async Task<int> CallsOfNextPollAsync()
    {
        _chain.Mine();
        app.Faults.Reset();
        await PollAsync();
        return app.Faults.Calls;
    }

    private Task<IReadOnlyCollection<Watch>> PollAsync() =>
        (_poller ??= new(
            _chain, new(app.Tables, new([_chain.Network])), new(app.Tables, new([_chain.Network])), new(app.Tables), _clock, NullLogger<NetworkPoller>.Instance))
        .PollAsync(CancellationToken.None);

    private Task<List<ScannedRange>> ReadAsync() =>
        new ScannedRanges(app.Tables).ReadAsync(_chain.Network.Name, CancellationToken.None);

    private async Task<IEnumerable<(int, int)>> RangesAsync() =>
        (await ReadAsync()).Select(range => ((int)range.From, (int)range.To));

    private Task<IReadOnlyList<(long From, long To)>> GapsAsync() =>
        new ScannedRanges(app.Tables).FindGapsAsync(_chain.Network.Name, CancellationToken.None);

    private Task<Watch> WatchAsync(string recipient) => new WatchStore(app.Tables, new([_chain.Network])).InsertAsync(
        new()
        {
            Network = _chain.Network.Name,
            InvoiceId = Id.New("inv", _clock.GetUtcNow()),
            MerchantId = Id.New("mer", _clock.GetUtcNow()),
            Address = recipient,
            Recipient = recipient,
            Required = RequiredDepth.OfBlocks(1),
            MonitorUntil = _clock.GetUtcNow().AddDays(90),
        },
        CancellationToken.None);
}
