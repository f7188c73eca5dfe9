using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Watching;
using Xunit;

namespace CoinPay.Functions.Tests.Watching;

/// <summary>Transfers that are not simply one payment of one invoice: to a shared address, and dust.</summary>
public sealed class OddTransferTests(PollerTest.Storage storage) : PollerTest(storage)
{
    [Fact]
    public async Task A_transfer_to_an_address_of_two_invoices_is_the_older_ones_alone_and_marked()
    {
        Watch older = await WatchAsync("shared");
        Clock.Advance(TimeSpan.FromSeconds(1));
        Watch younger = await WatchAsync("shared");
        Chain.MineEmpty(3);
        Chain.Broadcast(ModelChain.Transfer("shared", "t1", 1_000));

        Assert.Equal([older.InvoiceId], await PollAsync());
        Assert.True((await TransferAsync(older)).IsAmbiguous);
        Assert.Empty(await ViewAsync(younger));
    }

    [Fact]
    public async Task A_transfer_stays_with_the_invoice_that_had_it_before_another_got_the_address()
    {
        Watch first = await WatchAsync("shared");
        Chain.MineEmpty(3);
        ChainTransfer payment = ModelChain.Transfer("shared", "t1", 1_000);
        Chain.Broadcast(payment);
        await PollAsync();
        Clock.Advance(TimeSpan.FromSeconds(1));
        Watch second = await WatchAsync("shared");
        Chain.Mine(payment, ModelChain.Transfer("shared", "t2", 2_000));
        await PollAsync();

        Dictionary<string, ViewedTransfer> view = (await ViewAsync(first)).ToDictionary(transfer => transfer.TransactionHash);
        Assert.Equal((false, true), (view["t1"].IsAmbiguous, view["t2"].IsAmbiguous));
        Assert.Empty(await ViewAsync(second));
    }

    [Fact]
    public async Task A_coinbase_wakes_its_invoice_again_once_a_hundred_blocks_hold_it()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000) with { Maturity = 100 });
        Assert.Equal([watch.InvoiceId], await PollAsync());
        Assert.Equal(100, (await TransferAsync(watch)).Maturity);
        Chain.MineEmpty(98);
        Assert.Empty(await PollAsync());
        Restart();
        Chain.Mine();
        Assert.Equal([watch.InvoiceId], await PollAsync());
    }

    [Fact]
    public async Task A_payment_that_was_doubtful_in_the_mempool_stays_so_in_its_block()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        ChainTransfer payment = ModelChain.Transfer("alice", "t1", 1_000);
        Chain.Broadcast(payment with { IsDoubtful = true });
        await PollAsync();
        Restart();
        Chain.Mine(payment);
        await PollAsync();
        ViewedTransfer transfer = await TransferAsync(watch);
        Assert.True(transfer is { IsDoubtful: true, Block: not null });
    }

    [Theory]
    [InlineData(-11, true)]
    [InlineData(-9, false)]
    [InlineData(20, false)]
    public async Task Money_in_a_block_from_before_the_invoice_is_ambiguous(int minutes, bool isAmbiguous)
    {
        Watch watch = await WatchIndexAsync("alice");
        Chain.MineEmpty(3);
        await PollAsync();
        Chain.NextBlockAt = Clock.GetUtcNow().AddMinutes(minutes);
        Chain.Mine(ModelChain.Transfer("alice", "t1", 1_000));
        await PollAsync();
        Assert.Equal(isAmbiguous, (await TransferAsync(watch)).IsAmbiguous);
    }

    [Theory]
    [InlineData(-90, true)]
    [InlineData(-30, false)]
    [InlineData(1, false)]
    [InlineData(null, false)]
    public async Task Money_that_waited_before_the_invoice_is_ambiguous_and_stays_so_in_its_block(int? seconds, bool isAmbiguous)
    {
        Watch watch = await WatchIndexAsync("alice");
        Chain.MineEmpty(3);
        ChainTransfer payment = ModelChain.Transfer("alice", "t1", 1_000);
        Chain.Broadcast(payment with { EnteredAt = seconds is { } late ? Clock.GetUtcNow().AddSeconds(late) : null });
        await PollAsync();
        Restart();
        Chain.NextBlockAt = Clock.GetUtcNow().AddMinutes(isAmbiguous ? 5 : -30);
        Chain.Mine(payment);
        await PollAsync();
        ViewedTransfer transfer = await TransferAsync(watch);
        Assert.Equal((isAmbiguous, true), (transfer.IsAmbiguous, transfer.Block is not null));
    }

    [Fact]
    public async Task Dust_is_counted_once_it_is_mined_and_wakes_nobody()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        Assert.Equal(new(0, -1), await DustAsync(watch));
        ChainTransfer[] dust = [ModelChain.Transfer("alice", "d1", 499), ModelChain.Transfer("alice", "d2", 1)];
        Chain.Broadcast(dust[0]);
        Assert.Empty(await PollAsync());
        Chain.Mine(dust);
        Chain.Mine(ModelChain.Transfer("alice", "d3", 499), ModelChain.Transfer("bob", "d4", 499));
        Assert.Empty(await PollAsync());
        Assert.Empty(await PollAsync());

        Assert.Equal(new(3, 4), await DustAsync(watch));
        Assert.Empty(await ViewAsync(watch));
    }

    [Fact]
    public async Task Dust_of_blocks_that_are_read_again_is_not_counted_again()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        NetworkPoller stalled = NewPoller();
        await stalled.PollAsync(CancellationToken.None);
        await PollAsync();
        ChainTransfer dust = ModelChain.Transfer("alice", "d1", 499);
        Chain.Mine(dust);
        await PollAsync();
        // It counts before it stores its cursor, as a poller would that ends between the two.
        await Assert.ThrowsAsync<Azure.RequestFailedException>(() => stalled.PollAsync(CancellationToken.None));
        Assert.Equal(new(1, 3), await DustAsync(watch));

        Chain.Drop(1);
        Chain.Mine(dust);
        Chain.Mine(ModelChain.Transfer("alice", "d2", 499));
        Restart();
        await PollAsync();
        Assert.Equal(new(2, 4), await DustAsync(watch));
    }

    [Fact]
    public async Task The_dust_counter_goes_with_the_rest_of_the_view()
    {
        Watch watch = await WatchAsync("alice");
        Chain.MineEmpty(3);
        Chain.Mine(ModelChain.Transfer("alice", "d1", 499), ModelChain.Transfer("alice", "t1", 1_000));
        await PollAsync();
        Assert.Equal(1, (await DustAsync(watch)).Count);

        await Views.RemoveAsync(watch.Network, watch.InvoiceId, CancellationToken.None);
        Assert.Equal(0, (await DustAsync(watch)).Count);
        Assert.Empty(await ViewAsync(watch));
    }

    private Task<Watch> WatchIndexAsync(string recipient) => Watches.InsertAsync(
        new()
        {
            Network = Chain.Network.Name,
            InvoiceId = Id.New("inv", Clock.GetUtcNow()),
            MerchantId = Id.New("mer", Clock.GetUtcNow()),
            Address = recipient,
            Recipient = recipient,
            Required = RequiredDepth.OfBlocks(1),
            MonitorUntil = Clock.GetUtcNow().AddDays(90),
            Counter = "key",
            Index = 7,
        },
        CancellationToken.None);

    private Task<DustCount> DustAsync(Watch watch) => Views.ReadDustAsync(watch.Network, watch.InvoiceId, CancellationToken.None);
}
