using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Nodes;
using Xunit;

namespace CoinPay.Acceptance.Scenarios;

/// <summary>A real node behind a proxy that spoils what it says: nothing is lost, nothing is credited twice.</summary>
[Collection(nameof(EvmChains))]
public sealed class FaultyNodeTests(EvmChains chains)
{
    private static readonly NodeFault[] Survivable =
    [
        NodeFault.EmptyLogs, NodeFault.DoubledLogs, NodeFault.TenBlocksOfLogs,
        NodeFault.BatchesOf(1), NodeFault.BatchesOf(10), NodeFault.BatchesOf(100),
    ];

    private static readonly NodeFault[] Blinding =
    [
        NodeFault.ObjectForList, NodeFault.TooManyRequests, NodeFault.ObjectForBatch, NodeFault.TruncatedJson, NodeFault.Silence,
    ];

    public static TheoryData<string> Survived() => [.. Survivable.Select(fault => fault.Name)];

    public static TheoryData<string> Blinded() => [.. Blinding.Select(fault => fault.Name)];

    [Theory]
    [MemberData(nameof(Survived))]
    public async Task Payments_are_seen_at_once_and_once_by_block_and_by_range(string fault)
    {
        TestToken token = await TestToken.DeployAsync(chains.East);
        EvmScenario scenario = new(chains, EvmScenario.Token(token.Address));
        Watch near = await scenario.WatchAsync(), deep = await scenario.WatchAsync();
        await scenario.PollAsync(scenario.East);
        chains.Proxy.Fault = Survivable.Single(each => each.Name == fault);

        await token.MintAsync(near.Address, 1_000);
        Assert.Equal([near.InvoiceId], await scenario.PollAsync(scenario.East));
        await token.MintAsync(deep.Address, 2_000);
        await chains.East.MineAsync(100);
        Assert.Contains(deep.InvoiceId, await scenario.PollAsync(scenario.East));

        await AssertAsync(scenario, (near, 1_000), (deep, 2_000));
    }

    [Theory]
    [MemberData(nameof(Blinded))]
    public async Task What_cannot_be_read_is_unknown_and_is_read_when_the_node_has_recovered(string fault)
    {
        TestToken token = await TestToken.DeployAsync(chains.East);
        EvmScenario scenario = new(chains, EvmScenario.Token(token.Address));
        Watch before = await scenario.WatchAsync(), during = await scenario.WatchAsync();
        await scenario.PollAsync(scenario.East);
        await token.MintAsync(before.Address, 1_000);
        await scenario.PollAsync(scenario.East);
        DateTimeOffset completeAt = (await scenario.CursorAsync(scenario.East)).CompletePollBeganAt;

        chains.Proxy.Fault = Blinding.Single(each => each.Name == fault);
        await token.MintAsync(during.Address, 2_000);
        scenario.Clock.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<ChainUnknownException>(() => scenario.PollAsync(scenario.East));
        Assert.Equal(completeAt, (await scenario.CursorAsync(scenario.East)).CompletePollBeganAt);
        Assert.Empty(await scenario.ViewAsync(during));

        chains.Proxy.Fault = NodeFault.None;
        Assert.Equal([during.InvoiceId], await scenario.PollAsync(scenario.East));
        await AssertAsync(scenario, (before, 1_000), (during, 2_000));
    }

    [Fact]
    public async Task A_payment_whose_log_is_left_out_beside_another_is_found_by_its_balance_when_its_price_expires()
    {
        TestToken token = await TestToken.DeployAsync(chains.East);
        EvmScenario scenario = new(chains, EvmScenario.Token(token.Address));
        Watch[] paid = [await scenario.WatchAsync(expires: true), await scenario.WatchAsync(expires: true)];
        await scenario.PollAsync(scenario.East);
        chains.Proxy.Fault = NodeFault.FirstLogOnly;
        await MintInOneBlockAsync(token, paid);

        string woken = Assert.Single(await scenario.PollAsync(scenario.East));
        Watch seen = paid.Single(watch => watch.InvoiceId == woken);
        Watch hidden = paid.Single(watch => watch != seen);
        scenario.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal([hidden.InvoiceId], await scenario.PollAsync(scenario.East));
        ViewedTransfer found = Assert.Single(await scenario.ViewAsync(hidden));
        Assert.Equal((1_000, true, null), ((int)found.Amount, found.IsAmbiguous, found.Lost));
        Assert.False(Assert.Single(await scenario.ViewAsync(seen)).IsAmbiguous);
    }

    private async Task MintInOneBlockAsync(TestToken token, Watch[] paid)
    {
        await chains.East.SendAsync("evm_setAutomine", false);
        Task<string>[] payments = [.. paid.Select(watch => token.MintAsync(watch.Address, 1_000))];
        while ((await chains.East.SendAsync("txpool_status")).GetProperty("pending").GetString() != $"0x{paid.Length:x}")
            await Task.Delay(20);
        await chains.East.SendAsync("evm_setAutomine", true);
        await chains.East.MineAsync();
        await Task.WhenAll(payments);
    }

    private static async Task AssertAsync(EvmScenario scenario, params (Watch Watch, int Amount)[] paid)
    {
        foreach ((Watch watch, int amount) in paid)
        {
            ViewedTransfer seen = Assert.Single(await scenario.ViewAsync(watch));
            Assert.Equal((amount, null, false), ((int)seen.Amount, seen.Lost, seen.IsAmbiguous));
        }
        Assert.Empty(await scenario.GapsAsync(scenario.East));
    }
}
