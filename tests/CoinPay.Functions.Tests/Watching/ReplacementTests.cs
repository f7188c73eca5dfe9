using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Watching;
using Xunit;

namespace CoinPay.Functions.Tests.Watching;

/// <summary>Replacements and double spends, which are known by the inputs that two transactions have in common.</summary>
public sealed class ReplacementTests(PollerTest.Storage storage) : PollerTest(storage)
{
    private static readonly ChainTransfer Paid = ModelChain.Transfer("alice", "t1", 1_000, "coin:0", "coin:1");
    private static readonly ChainTransfer Elsewhere = ModelChain.Transfer("mallory", "t2", 990, "coin:1");

    [Fact]
    public async Task A_transaction_of_the_mempool_that_spends_an_input_replaces_the_payment()
    {
        Watch watch = await SeenAsync();
        Chain.Evict(Paid);
        Chain.Broadcast(Elsewhere);

        Assert.Equal([watch.InvoiceId], await PollAsync());
        await IsAsync(watch, TransferStatus.Replaced, "t2");
        Assert.Empty(await PollAsync());
    }

    [Fact]
    public async Task A_transaction_of_a_block_that_spends_an_input_replaces_the_payment()
    {
        Watch watch = await SeenAsync();
        Chain.Evict(Paid);
        Chain.Mine(Elsewhere);

        Assert.Equal([watch.InvoiceId], await PollAsync());
        await IsAsync(watch, TransferStatus.Replaced, "t2");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_restart_between_the_payment_and_its_replacement_forgets_nothing(bool isMined)
    {
        Watch watch = await SeenAsync();
        DateTimeOffset seenAt = (await TransferAsync(watch)).FirstSeenAt;
        Restart();
        Clock.Advance(TimeSpan.FromMinutes(1));
        Chain.Evict(Paid);
        Replace(isMined);
        await PollAsync();
        await IsAsync(watch, TransferStatus.Replaced, "t2");

        Restart();
        Chain.Evict(Elsewhere);
        Chain.Drop(isMined ? 1 : 0);
        Chain.Mine();
        Chain.Mine(Paid);
        await PollAsync();
        ViewedTransfer back = await TransferAsync(watch);
        Assert.Equal((null, null, seenAt), (back.Lost, back.ReplacedBy, back.FirstSeenAt));
    }

    [Fact]
    public async Task What_left_the_mempool_for_no_known_reason_comes_back_when_it_is_seen_again()
    {
        Watch watch = await SeenAsync();
        DateTimeOffset seenAt = (await TransferAsync(watch)).FirstSeenAt;
        Chain.Evict(Paid);
        await PollAsync();
        await IsAsync(watch, TransferStatus.Replaced, null);

        Restart();
        Clock.Advance(TimeSpan.FromHours(1));
        Chain.Broadcast(Paid);
        await PollAsync();
        ViewedTransfer back = await TransferAsync(watch);
        Assert.Equal((null, seenAt, false), (back.Lost, back.FirstSeenAt, back.HasConflict));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_took_the_place_of_a_lost_payment_is_named_when_it_shows_later(bool isMined)
    {
        Watch watch = await SeenAsync();
        Chain.Evict(Paid);
        await PollAsync();
        Replace(isMined);

        Assert.Equal([watch.InvoiceId], await PollAsync());
        await IsAsync(watch, TransferStatus.Replaced, "t2");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_double_spend_in_the_new_branch_of_a_reorg_is_a_replacement(bool isMined)
    {
        Watch watch = await SeenAsync();
        Chain.Mine(Paid);
        await PollAsync();
        Chain.Drop(1);
        Chain.Mine();
        Replace(isMined);
        Chain.Mine();

        Assert.Equal([watch.InvoiceId], await PollAsync());
        await IsAsync(watch, TransferStatus.Replaced, "t2");
    }

    [Fact]
    public async Task A_payment_that_a_reorg_dropped_is_reorged_until_its_double_spend_shows()
    {
        Watch watch = await SeenAsync();
        Chain.Mine(Paid);
        await PollAsync();
        Chain.Drop(1);
        Chain.MineEmpty(2);
        await PollAsync();
        await IsAsync(watch, TransferStatus.Reorged, null);

        Chain.Mine(Elsewhere);
        Assert.Equal([watch.InvoiceId], await PollAsync());
        await IsAsync(watch, TransferStatus.Replaced, "t2");
    }

    [Fact]
    public async Task A_fee_bump_that_still_pays_us_stands_alone_and_is_known_to_have_a_rival()
    {
        Watch watch = await SeenAsync();
        Assert.False((await TransferAsync(watch)).HasConflict);
        Chain.Evict(Paid);
        ChainTransfer bumped = ModelChain.Transfer("alice", "t3", 1_000, "coin:0");
        Chain.Broadcast(bumped);
        await PollAsync();

        Dictionary<string, ViewedTransfer> view = (await ViewAsync(watch)).ToDictionary(transfer => transfer.TransactionHash);
        Assert.Equal((TransferStatus.Replaced, "t3"), (view["t1"].Lost, view["t1"].ReplacedBy));
        Assert.Equal((null, true), (view["t3"].Lost, view["t3"].HasConflict));

        Chain.Mine(bumped);
        await PollAsync();
        Assert.Equal("t3", Assert.Single(await ViewAsync(watch), transfer => transfer.Lost is null).TransactionHash);
    }

    [Fact]
    public async Task A_payment_that_replaces_its_replacement_stands_again_with_a_conflict()
    {
        Watch watch = await SeenAsync();
        Chain.Evict(Paid);
        Chain.Broadcast(Elsewhere);
        await PollAsync();
        Chain.Evict(Elsewhere);
        Chain.Broadcast(Paid);
        await PollAsync();

        ViewedTransfer back = await TransferAsync(watch);
        Assert.Equal((null, null, true), (back.Lost, back.ReplacedBy, back.HasConflict));
    }

    [Fact]
    public async Task A_child_that_spends_the_payment_is_no_rival()
    {
        Watch watch = await SeenAsync();
        Chain.Broadcast(ModelChain.Transfer("anyone", "child", 900, "t1:0"));
        Assert.Empty(await PollAsync());
        Chain.Mine(Paid, ModelChain.Transfer("anyone", "child", 900, "t1:0"));
        await PollAsync();

        ViewedTransfer mined = await TransferAsync(watch);
        Assert.Equal((null, false), (mined.Lost, mined.HasConflict));
    }

    [Fact]
    public async Task A_replacement_of_a_transaction_that_paid_two_invoices_is_one_of_both()
    {
        Watch alice = await SeenAsync();
        Watch bob = await WatchAsync("bob");
        ChainTransfer second = ModelChain.Transfer("bob", "t1", 500, "coin:0", "coin:1") with { Ordinal = "1" };
        Chain.Broadcast(second);
        await PollAsync();
        Chain.Evict(Paid);
        Chain.Evict(second);
        Chain.Mine(Elsewhere);

        Assert.Equal(new[] { alice.InvoiceId, bob.InvoiceId }.Order(), (await PollAsync()).Order());
        await IsAsync(alice, TransferStatus.Replaced, "t2");
        await IsAsync(bob, TransferStatus.Replaced, "t2");
    }

    /// <summary>An invoice whose payment waits in the mempool.</summary>
    private async Task<Watch> SeenAsync()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        Chain.Broadcast(Paid);
        await PollAsync();
        return watch;
    }

    private void Replace(bool isMined)
    {
        if (isMined)
            Chain.Mine(Elsewhere);
        else
            Chain.Broadcast(Elsewhere);
    }

    private async Task IsAsync(Watch watch, TransferStatus lost, string? replacedBy)
    {
        ViewedTransfer shown = await TransferAsync(watch);
        Assert.Equal((lost, replacedBy, null), (shown.Lost, shown.ReplacedBy, shown.Block));
    }
}
