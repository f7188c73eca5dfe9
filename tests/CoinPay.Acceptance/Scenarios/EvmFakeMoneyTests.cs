using System.Diagnostics.Metrics;
using System.Numerics;
using CoinPay.Acceptance.Chains;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Nodes;
using Xunit;

namespace CoinPay.Acceptance.Scenarios;

/// <summary>Tokens that lie, keep fees or promise the impossible, and transfers made to deceive.</summary>
[Collection(nameof(EvmChains))]
public sealed class EvmFakeMoneyTests(EvmChains chains)
{
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 5)]
    public async Task A_token_that_lies_in_its_logs_is_credited_only_where_its_balance_need_not_bear_it_out(
        bool verifyBalance, int credited)
    {
        string liar = await chains.East.DeployAsync(TinyContract.Emitting(times: 1));
        EvmScenario scenario = new(chains, EvmScenario.Token(liar, verifyBalance));
        Watch watch = await scenario.WatchAsync();
        await scenario.PollAsync(scenario.East);
        await chains.East.SendTransactionAsync(liar, 0, Call(watch.Address, 5));

        await scenario.PollAsync(scenario.East);
        Assert.Equal(credited, (await scenario.ViewAsync(watch)).Sum(transfer => (int)transfer.Amount));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task A_token_that_keeps_a_fee_is_credited_with_what_arrived_near_the_head_and_deep_below_it(int depth)
    {
        string token = await chains.East.DeployAsync(TinyContract.HalvingToken);
        EvmScenario scenario = new(chains, EvmScenario.Token(token, verifyBalance: true));
        Watch watch = await scenario.WatchAsync();
        await scenario.PollAsync(scenario.East);
        await chains.East.SendTransactionAsync(token, 0, Call(watch.Address, 1_000));
        await chains.East.SendTransactionAsync(token, 0, Call(watch.Address, 400));
        await chains.East.MineAsync(depth);

        await scenario.PollAsync(scenario.East);
        List<ViewedTransfer> seen = await scenario.ViewAsync(watch);
        Assert.Equal([200, 500], seen.Select(transfer => (int)transfer.Amount).Order());
        Assert.All(seen, transfer => Assert.False(transfer.IsAmbiguous));
    }

    [Fact]
    public async Task A_balance_that_no_node_can_tell_leaves_the_transfer_in_doubt_and_the_poller_running()
    {
        string token = await chains.East.DeployAsync(TinyContract.HalvingToken);
        EvmScenario scenario = new(chains, EvmScenario.Token(token, verifyBalance: true));
        Watch watch = await scenario.WatchAsync();
        await scenario.PollAsync(scenario.East);
        await chains.East.SendTransactionAsync(token, 0, Call(watch.Address, 1_000));
        chains.Proxy.Refuses = (method, _) => method == "eth_call";
        await Assert.ThrowsAsync<ChainUnknownException>(() => scenario.PollAsync(scenario.East));

        await chains.East.MineAsync(100);
        await scenario.PollAsync(scenario.East);
        ViewedTransfer seen = Assert.Single(await scenario.ViewAsync(watch));
        Assert.Equal((1_000, true), ((int)seen.Amount, seen.IsAmbiguous));
    }

    [Fact]
    public async Task More_than_there_can_be_is_for_a_person_to_look_at_and_stops_nobody()
    {
        string boaster = await chains.East.DeployAsync(TinyContract.Emitting(times: 1));
        NetworkAsset token = EvmScenario.Token(boaster) with { PlausibleSupply = 1_000_000 };
        EvmScenario scenario = new(chains, token);
        Watch watch = await scenario.WatchAsync();
        await scenario.PollAsync(scenario.East);
        BigInteger largest = BigInteger.Pow(2, 256) - 1;
        foreach (BigInteger amount in new[] { largest, 1_000_001, 1_000_000 })
            await chains.East.SendTransactionAsync(boaster, 0, Call(watch.Address, amount));

        await scenario.PollAsync(scenario.East);
        Assert.Equal(
            [(1_000_000, false), (1_000_001, true), (largest, true)],
            (await scenario.ViewAsync(watch)).Select(transfer => (transfer.Amount, transfer.IsAmbiguous)).Order());
    }

    [Fact]
    public async Task A_transfer_of_nothing_in_our_customers_name_is_counted_and_shown_to_nobody()
    {
        TestToken token = await TestToken.DeployAsync(chains.East);
        EvmScenario scenario = new(chains, EvmScenario.Token(token.Address));
        Watch watch = await scenario.WatchAsync();
        await scenario.PollAsync(scenario.East);
        List<string?> ignored = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "coinpay.transfers.ignored")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            if (tags[0].Value as string == scenario.East.Name)
                ignored.Add(tags[1].Value as string);
        });
        listener.Start();

        await token.TransferAsync(watch.Address, 0);
        Assert.Empty(await scenario.PollAsync(scenario.East));
        Assert.Empty(await scenario.ViewAsync(watch));
        Assert.Equal([IgnoredTransfers.ZeroValue], ignored);
    }

    [Fact]
    public async Task Several_transfers_of_one_transaction_are_each_booked_once_with_one_or_two_invoices()
    {
        string twice = await chains.East.DeployAsync(TinyContract.Emitting(times: 2));
        string both = await chains.East.DeployAsync(TinyContract.EmittingToTwo());
        EvmScenario scenario = new(chains, EvmScenario.Token(twice), EvmScenario.Token(both) with { Asset = new("-", "USDC", 6) });
        Watch first = await scenario.WatchAsync(), second = await scenario.WatchAsync();
        await scenario.PollAsync(scenario.East);
        string one = await chains.East.SendTransactionAsync(twice, 0, Call(first.Address, 7));
        string two = await chains.East.SendTransactionAsync(
            both, 0, Call(first.Address, 9) + TestToken.Word(second.Address));

        Assert.Equal(
            new[] { first.InvoiceId, second.InvoiceId }.Order(), (await scenario.PollAsync(scenario.East)).Order());
        Assert.Equal(
            new[] { $"{one}.{twice}.0", $"{one}.{twice}.1", $"{two}.{both}.0" }.Order(),
            (await scenario.ViewAsync(first)).Select(transfer => transfer.Key).Order());
        Assert.Equal([$"{two}.{both}.0"], (await scenario.ViewAsync(second)).Select(transfer => transfer.Key));
    }

    private static string Call(string to, BigInteger amount) => "0x" + TestToken.Word(to) + TestToken.Word(amount);
}
