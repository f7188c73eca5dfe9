using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Chains;
using Xunit;

namespace CoinPay.Acceptance.Scenarios;

/// <summary>Every block is read and proved to be, whatever the node does; and what is known of its finality.</summary>
[Collection(nameof(EvmChains))]
public sealed class EvmScanningTests(EvmChains chains)
{
    [Theory]
    [InlineData(64)]
    [InlineData(512)]
    public async Task A_deep_reorg_takes_its_payments_away_leaves_the_older_ones_and_no_gap(int depth)
    {
        EvmScenario scenario = new(chains);
        Watch older = await scenario.WatchAsync(), younger = await scenario.WatchAsync();
        await scenario.PollAsync(scenario.East);
        await chains.East.SendTransactionAsync(older.Address, 1_000_000);
        await chains.East.SendTransactionAsync(younger.Address, 1_000_000);
        await chains.East.MineAsync(depth - 1);
        await scenario.PollAsync(scenario.East);

        await chains.East.ReorgAsync(depth);
        await chains.East.MineAsync(2);
        Assert.Equal([younger.InvoiceId], await scenario.PollAsync(scenario.East));
        Assert.Null(Assert.Single(await scenario.ViewAsync(older)).Lost);
        Assert.Equal(TransferStatus.Reorged, Assert.Single(await scenario.ViewAsync(younger)).Lost);

        await chains.East.SendTransactionAsync(younger.Address, 2_000_000);
        Assert.Equal([younger.InvoiceId], await scenario.PollAsync(scenario.East));
        Assert.Empty(await scenario.GapsAsync(scenario.East));
        Assert.Equal(await chains.East.HeightAsync(), (await scenario.CursorAsync(scenario.East)).Scanned!.To);
    }

    [Fact]
    public async Task A_node_that_is_gone_for_two_hundred_blocks_is_caught_up_with_and_nothing_is_missed()
    {
        EvmScenario scenario = new(chains);
        Watch watch = await scenario.WatchAsync();
        await scenario.PollAsync(scenario.East);
        chains.Proxy.IsDark = true;
        await Assert.ThrowsAsync<ChainUnknownException>(() => scenario.PollAsync(scenario.East));
        await chains.East.MineAsync(100);
        await chains.East.SendTransactionAsync(watch.Address, 1_000_000);
        await chains.East.MineAsync(100);
        await Assert.ThrowsAsync<ChainUnknownException>(() => scenario.PollAsync(scenario.East));
        Assert.Empty(await scenario.ViewAsync(watch));

        chains.Proxy.IsDark = false;
        Assert.Equal([watch.InvoiceId], await scenario.PollAsync(scenario.East));
        Assert.Equal(1_000_000, Assert.Single(await scenario.ViewAsync(watch)).Amount);
        Assert.Empty(await scenario.GapsAsync(scenario.East));
    }

    [Fact]
    public async Task Money_at_an_address_that_two_invoices_have_is_shown_by_one_of_them_and_in_doubt()
    {
        EvmScenario scenario = new(chains);
        Watch first = await scenario.WatchAsync(), second = await scenario.WatchAsync(first.Address);
        await scenario.PollAsync(scenario.East);
        await chains.East.SendTransactionAsync(first.Address, 1_000_000);
        await scenario.PollAsync(scenario.East);
        Assert.True(Assert.Single(
            (await scenario.ViewAsync(first)).Concat(await scenario.ViewAsync(second))).IsAmbiguous);
    }

    [Fact]
    public async Task Finality_that_trails_the_head_by_more_than_its_limit_is_known_as_stalled()
    {
        EvmScenario scenario = new(chains);
        await chains.East.MineAsync(20);
        await scenario.PollAsync(scenario.East);
        Assert.False((await scenario.CursorAsync(scenario.East)).Knowledge.IsFinalityStalled);

        EvmScenario impatient = new(chains) { FinalityLag = 7 };
        await impatient.PollAsync(impatient.East);
        Assert.True((await impatient.CursorAsync(impatient.East)).Knowledge.IsFinalityStalled);
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData(96L, 936L, false)]
    [InlineData(96L, 904L, false)]
    [InlineData(96L, 903L, true)]
    [InlineData(96L, null, true)]
    [InlineData(1_000L, null, false)]
    public void Finality_is_stalled_only_where_there_is_one_and_it_lags(long? limit, long? finalized, bool isStalled)
    {
        Network network = TestNetworks.Evm(new Uri("http://127.0.0.1:1")) with { FinalityLag = limit };
        Assert.Equal(isStalled, network.IsFinalityStalled(new(1_000, "0x", DateTimeOffset.UnixEpoch, null, finalized)));
    }
}
