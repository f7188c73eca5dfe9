using CoinPay.Core;
using CoinPay.Functions.Watching;
using Xunit;

namespace CoinPay.Functions.Tests.Watching;

/// <summary>What an invoice's address holds when its price expires, whatever its node's logs have shown.</summary>
public sealed class TokenLookTests(PollerTest.Storage storage) : PollerTest(storage)
{
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    [Fact]
    public async Task Money_that_no_log_showed_is_found_when_the_price_expires_and_is_for_a_person_to_attribute()
    {
        Watch watch = await WatchAsync("alice", expiresAt: Clock.GetUtcNow() + Quarter);
        Chain.MineEmpty(3);
        Chain.Held["alice"] = 1_000;
        await PollAsync();
        Clock.Advance(Quarter);
        await PollAsync();
        Assert.Empty(await ViewAsync(watch));

        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([watch.InvoiceId], await PollAsync());
        ViewedTransfer found = await TransferAsync(watch);
        Assert.Equal((1_000, true, Chain.Height), ((int)found.Amount, found.IsAmbiguous, found.Block!.Height));
        Assert.True((await CursorAsync()).CompletePollBeganAt > watch.ExpiresAt);
        Clock.Advance(TimeSpan.FromMinutes(1));
        await PollAsync();
        Assert.Equal([1], Chain.Looks);
    }

    [Fact]
    public async Task Money_that_blocks_showed_is_explained()
    {
        Watch watch = await WatchAsync("alice", expiresAt: Clock.GetUtcNow() + Quarter);
        Chain.MineEmpty(3);
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        Chain.Held["alice"] = 1_000;
        await PollAsync();
        Clock.Advance(Quarter + TimeSpan.FromSeconds(1));
        await PollAsync();
        Assert.False((await TransferAsync(watch)).IsAmbiguous);
        Assert.Equal([1], Chain.Looks);
    }

    [Fact]
    public async Task Money_found_by_its_balance_whose_block_leaves_is_found_again_in_the_new_branch()
    {
        Watch watch = await WatchAsync("alice", expiresAt: Clock.GetUtcNow() + Quarter);
        Chain.MineEmpty(3);
        Chain.Held["alice"] = 1_000;
        Clock.Advance(Quarter + TimeSpan.FromSeconds(1));
        await PollAsync();
        Chain.Drop(1);
        Chain.MineEmpty(2);
        await PollAsync();
        List<ViewedTransfer> view = await ViewAsync(watch);
        Assert.Equal(2, view.Count);
        Assert.Equal(Chain.Height, Assert.Single(view, transfer => transfer.Lost is null).Block!.Height);
    }

    [Fact]
    public async Task More_invoices_than_one_poll_looks_at_wait_for_the_next_poll_and_none_is_left_out()
    {
        DateTimeOffset first = Clock.GetUtcNow() + Quarter;
        for (int i = 0; i < TokenLook.MaxInvoices + 2; i++)
            await WatchAsync($"payer-{i}", expiresAt: first.AddMilliseconds(i));
        Chain.MineEmpty(3);
        await PollAsync();
        Clock.Advance(Quarter + TimeSpan.FromMinutes(1));
        await PollAsync();
        Assert.Equal(first.AddMilliseconds(TokenLook.MaxInvoices), (await CursorAsync()).CompletePollBeganAt);
        await PollAsync();
        Assert.Equal([TokenLook.MaxInvoices, 2], Chain.Looks);
        Assert.Equal(Clock.GetUtcNow(), (await CursorAsync()).CompletePollBeganAt);
    }

    [Fact]
    public async Task What_was_read_is_stored_although_the_node_tells_no_tokens_and_nothing_that_expired_is_over()
    {
        DateTimeOffset expiresAt = Clock.GetUtcNow() + Quarter;
        Watch watch = await WatchAsync("alice", expiresAt: expiresAt);
        Watch other = await WatchAsync("bob", expiresAt: expiresAt + Quarter);
        Chain.MineEmpty(3);
        Chain.Held["alice"] = 1_000;
        await PollAsync();
        Clock.Advance(Quarter + TimeSpan.FromMinutes(1));
        Chain.HidesTokens = true;
        Chain.Mine(ModelChain.Transfer("bob", "t1", 1_000));
        Assert.Equal([other.InvoiceId], await PollAsync());
        Assert.Equal("t1", (await TransferAsync(other)).TransactionHash);
        await AcknowledgeAsync(other);
        Assert.Equal(expiresAt, (await CursorAsync()).CompletePollBeganAt);

        Restart();
        Chain.HidesTokens = false;
        Assert.Equal([watch.InvoiceId], await PollAsync());
        Assert.True((await TransferAsync(watch)).IsAmbiguous);
        Assert.Equal(Clock.GetUtcNow(), (await CursorAsync()).CompletePollBeganAt);
    }

    private async Task<Cursor> CursorAsync() => (await Cursors.FindAsync(Chain.Network.Name, CancellationToken.None))!;
}
