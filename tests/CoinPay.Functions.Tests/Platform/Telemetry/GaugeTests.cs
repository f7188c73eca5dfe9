using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Tests.Watching;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Functions.Tests.Platform.Telemetry;

/// <summary>What the gauges show of a chain that a test moves, and that looking at them asks storage nothing.</summary>
public sealed class GaugeTests : IAsyncLifetime
{
    private const string Network = "model-gauges";
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.Zero));
    private readonly ModelChain _chain = new(Network);
    private readonly SweepProgress _sweeps = new();
    private readonly Measurements _measured = new();
    private readonly MemoryStorage _storage;
    private readonly Tables _tables;
    private readonly WatchStore _watches;
    private readonly ViewStore _views;
    private readonly Pollers _pollers;
    private readonly ChainGauges _chains;
    private readonly OutboxGauge _outbox;

    public GaugeTests()
    {
        _storage = new(_clock);
        _tables = new(_storage.TableService());
        (_watches, _views) = (new(_tables, new([_chain.Network])), new(_tables, new([_chain.Network])));
        _pollers = new(new([_chain]), _watches, _views, new CursorStore(_tables), _clock, NullLoggerFactory.Instance);
        (_chains, _outbox) = (new(_pollers, _clock), new(_sweeps));
    }

    public async ValueTask InitializeAsync()
    {
        await _tables.EnsureCreatedAsync(default);
        await _chains.StartAsync(default);
        await _outbox.StartAsync(default);
        _chain.MineEmpty(10);
    }

    public ValueTask DisposeAsync()
    {
        _chains.Dispose();
        _outbox.Dispose();
        _measured.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_node_that_falls_behind_or_goes_silent_makes_the_lag_grow_until_it_is_read_again()
    {
        await PollAsync();
        Assert.Equal(["0"], Look("coinpay.chain.lag", "s"));
        Assert.Equal(["9"], Look("coinpay.chain.head", "{block}"));

        _clock.Advance(TimeSpan.FromMinutes(5));
        _chain.Drop(2);
        await Assert.ThrowsAsync<ChainUnknownException>(PollAsync);
        Assert.Equal(["300"], Look("coinpay.chain.lag", "s"));
        _clock.Advance(TimeSpan.FromMinutes(5));
        _chain.IsSilent = true;
        await Assert.ThrowsAsync<ChainUnknownException>(PollAsync);
        Assert.Equal(["600"], Look("coinpay.chain.lag", "s"));

        _chain.IsSilent = false;
        _chain.MineEmpty(5);
        await PollAsync();
        Assert.Equal(["0"], Look("coinpay.chain.lag", "s"));
        Assert.Equal(["12"], Look("coinpay.chain.head", "{block}"));
    }

    [Fact]
    public async Task A_head_that_stands_still_ages_and_once_it_is_too_old_the_network_lags()
    {
        _chain.MaxHeadAge = TimeSpan.FromMinutes(5);
        _chain.NextBlockAt = _clock.GetUtcNow();
        _chain.Mine();
        Pollers pollers = new(new([_chain]), _watches, _views, new CursorStore(_tables), _clock, NullLoggerFactory.Instance);
        using ChainGauges gauges = new(pollers, _clock);
        await gauges.StartAsync(default);
        foreach ((int minutes, string age, string lag) in new[] { (0, "0", "0"), (5, "300", "0"), (1, "360", "60") })
        {
            _clock.Advance(TimeSpan.FromMinutes(minutes));
            await pollers.All[0].PollAsync(default);
            Assert.Contains(age, Look("coinpay.chain.head_age", "s"));
            Assert.Contains(lag, Look("coinpay.chain.lag", "s"));
        }
    }

    [Fact]
    public void A_node_that_never_answered_lags_since_the_process_began()
    {
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["60"], Look("coinpay.chain.lag", "s"));
        Assert.Empty(Look("coinpay.chain.head", "{block}"));
    }

    [Fact]
    public async Task A_process_that_no_longer_polls_reports_what_is_stored_and_the_lag_grows_only_if_nobody_polls()
    {
        await PollAsync();
        Pollers others = new(new([_chain]), _watches, _views, new CursorStore(_tables), _clock, NullLoggerFactory.Instance);
        _clock.Advance(TimeSpan.FromMinutes(20));
        _chain.MineEmpty(5);
        await others.All[0].PollAsync(default);
        await LagsAfterAMinuteAsync("60");
        Assert.Equal(["14"], Look("coinpay.chain.head", "{block}"));
        Assert.Empty(Look("coinpay.address.gap", "{address}"));
        _clock.Advance(TimeSpan.FromMinutes(20));
        await LagsAfterAMinuteAsync("1320");
    }

    [Fact]
    public async Task A_process_that_polls_follows_nobody()
    {
        await PollAsync();
        Pollers others = new(new([_chain]), _watches, _views, new CursorStore(_tables), _clock, NullLoggerFactory.Instance);
        await others.All[0].PollAsync(default);
        _clock.Advance(TimeSpan.FromMinutes(3) + (2 * _chain.Network.PollInterval) - TimeSpan.FromTicks(1));
        await others.All[0].PollAsync(default);
        await _pollers.All[0].FollowAsync(default);
        Assert.NotEqual(["0"], Look("coinpay.chain.lag", "s"));
        _clock.Advance(TimeSpan.FromTicks(1));
        await _pollers.All[0].FollowAsync(default);
        Assert.Equal(["1E-07"], Look("coinpay.chain.lag", "s"));
    }

    [Fact]
    public async Task A_chain_that_should_finalize_and_has_no_finalized_block_lags_by_its_whole_length()
    {
        _chain.FinalityLag = 100;
        Pollers pollers = new(new([_chain]), _watches, _views, new CursorStore(_tables), _clock, NullLoggerFactory.Instance);
        using ChainGauges gauges = new(pollers, _clock);
        await gauges.StartAsync(default);
        await pollers.All[0].PollAsync(default);
        Assert.Equal(["9"], Look("coinpay.chain.finality_lag", "{block}"));
    }

    /// <summary>The stored cursor is read in the background.</summary>
    private async Task LagsAfterAMinuteAsync(string lag)
    {
        _clock.Advance(TimeSpan.FromMinutes(1));
        for (int tries = 0; tries < 200 && !Look("coinpay.chain.lag", "s").Contains(lag); tries++)
            await Task.Delay(50);
        Assert.Equal([lag], Look("coinpay.chain.lag", "s"));
    }

    [Fact]
    public async Task Finality_trails_the_head_by_so_many_blocks_where_there_is_finality()
    {
        await PollAsync();
        Assert.Empty(Look("coinpay.chain.finality_lag", "{block}"));
        _chain.Finalized = 3;
        await PollAsync();
        Assert.Equal(["6"], Look("coinpay.chain.finality_lag", "{block}"));
    }

    [Fact]
    public async Task The_gap_is_the_longest_run_of_addresses_since_a_payment_also_for_a_new_process()
    {
        for (int index = 0; index < 7; index++)
            await WatchAsync("ours", index);
        await WatchAsync("theirs", 40);
        await PollAsync();
        Assert.Equal(["7"], Look("coinpay.address.gap", "{address}"));

        _chain.Mine(ModelChain.Transfer("ours-2", "paid", 1_000));
        await PollAsync();
        Assert.Equal(["4"], Look("coinpay.address.gap", "{address}"));

        _pollers.All[0].Forget();
        await PollAsync();
        Assert.Equal(["4"], Look("coinpay.address.gap", "{address}"));
    }

    [Fact]
    public async Task The_outbox_is_as_old_as_what_the_last_sweep_found_waiting()
    {
        Assert.Empty(Look("coinpay.outbox.age", "s"));
        await SweepAsync();
        Assert.Equal(["0"], LookAtAge());

        InvoiceTerms terms = Stage.TermsOf(new("mer_1", Id.New("inv", _clock.GetUtcNow()), Network));
        await _views.MarkChangingAsync(terms, default);
        _clock.Advance(TimeSpan.FromSeconds(90));
        await SweepAsync();
        Assert.Equal(["90"], LookAtAge());
        await SweepAsync();
        Assert.Equal(["0"], LookAtAge());
    }

    [Fact]
    public async Task Looking_asks_storage_nothing()
    {
        await PollAsync();
        long before = _storage.Operations;
        Assert.NotEmpty(_measured.Look().All);
        Assert.Equal(before, _storage.Operations);
    }

    private Task PollAsync() => _pollers.All[0].PollAsync(default);

    private async Task SweepAsync()
    {
        await using FewInstances instances = new();
        SweepWatches sweeper = new(
            new([_chain]), _watches, _views, new InvoiceStore(_tables, new([_chain.Network])), _sweeps, _clock, NullLogger<SweepWatches>.Instance);
        await sweeper.Run(new TimerInfo(), instances, default);
    }

    private Task<Watch> WatchAsync(string counter, long index) => _watches.InsertAsync(
        new()
        {
            Network = Network,
            InvoiceId = Id.New("inv", _clock.GetUtcNow()),
            MerchantId = "mer_1",
            Address = $"{counter}-{index}",
            Recipient = $"{counter}-{index}",
            Required = RequiredDepth.OfBlocks(1),
            MonitorUntil = _clock.GetUtcNow().AddDays(90),
            Counter = counter,
            Index = index,
        },
        default);

    /// <summary>The values that this network shows, without what must stand around them.</summary>
    private string[] Look(string name, string unit) => Values(name, $"network={Network}", unit);

    private string[] LookAtAge() => Values("coinpay.outbox.age", "", "s");

    private string[] Values(string name, string tags, string unit)
    {
        string[] shown = _measured.Look().Of(name);
        Assert.All(shown, text => Assert.StartsWith($"{name}{{{tags}}} ", text, StringComparison.Ordinal));
        Assert.All(shown, text => Assert.EndsWith(" " + unit, text, StringComparison.Ordinal));
        return [.. shown.Select(text => text.Split(' ')[1])];
    }
}
