using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Nodes;
using Xunit;

namespace CoinPay.Acceptance.Scenarios;

/// <summary>The same forwarder address on a second anvil with another chain id.</summary>
[Collection(nameof(EvmChains))]
public sealed class EvmWrongNetworkTests(EvmChains chains)
{
    [Fact]
    public async Task Money_on_another_network_is_shown_with_its_name_and_wakes_the_invoice()
    {
        TestToken token = await TestToken.DeployAsync(chains.West);
        EvmScenario scenario = new(chains, EvmScenario.Token(token.Address));
        Watch watch = await scenario.WatchAsync();
        await scenario.PollAsync(scenario.East);
        await scenario.PollAsync(scenario.West);
        string transaction = await token.MintAsync(watch.Address, 5_000_000);

        Assert.Empty(await scenario.PollAsync(scenario.East));
        Assert.Equal([watch.InvoiceId], await scenario.PollAsync(scenario.West));

        ViewedTransfer seen = Assert.Single(await scenario.ViewAsync(watch));
        Assert.Equal((transaction, scenario.West.Name, 5_000_000), (seen.TransactionHash, seen.WrongNetwork, (int)seen.Amount));
        Assert.Equal($"{token.Address}.0@{scenario.West.Name}", seen.Ordinal);
        Assert.NotNull(await scenario.Views.FindPendingAsync(watch.Network, watch.InvoiceId, CancellationToken.None));
        Assert.Equal(
            [watch.InvoiceId],
            (await scenario.Views.ReadPendingAsync(scenario.East.Name, CancellationToken.None)).Select(row => row.InvoiceId));
    }

    [Fact]
    public async Task Its_depth_is_counted_in_the_blocks_of_the_network_it_came_on_also_after_a_restart()
    {
        EvmScenario scenario = new(chains);
        Watch watch = await scenario.WatchAsync(required: RequiredDepth.OfBlocks(3));
        await scenario.PollAsync(scenario.West);
        await chains.West.SendTransactionAsync(watch.Address, 1_000_000);
        Assert.Single(await scenario.PollAsync(scenario.West));
        await scenario.PollAsync(scenario.East);
        await chains.East.MineAsync(10);
        Assert.Empty(await scenario.PollAsync(scenario.East));

        scenario.Restart(scenario.West);
        await chains.West.MineAsync(2);
        Assert.Equal([watch.InvoiceId], await scenario.PollAsync(scenario.West));
        // Only those of the network's tags are left.
        Assert.DoesNotContain(
            await scenario.Views.ReadDepthMarksAsync(scenario.West.Name, CancellationToken.None), marked => marked.Mark.Tag is null);
    }

    [Fact]
    public async Task A_reorg_there_takes_it_away_and_one_here_does_not()
    {
        EvmScenario scenario = new(chains);
        Watch watch = await scenario.WatchAsync();
        foreach (Network network in new[] { scenario.East, scenario.West })
            await scenario.PollAsync(network);
        await chains.West.SendTransactionAsync(watch.Address, 1_000_000);
        await scenario.PollAsync(scenario.West);

        await chains.East.MineAsync(4);
        await scenario.PollAsync(scenario.East);
        await chains.East.ReorgAsync(3);
        await chains.East.MineAsync();
        scenario.Restart(scenario.East);
        await scenario.PollAsync(scenario.East);
        Assert.Null(Assert.Single(await scenario.ViewAsync(watch)).Lost);

        await chains.West.ReorgAsync(1);
        await chains.West.MineAsync();
        scenario.Restart(scenario.West);
        await scenario.PollAsync(scenario.West);
        Assert.Equal(TransferStatus.Reorged, Assert.Single(await scenario.ViewAsync(watch)).Lost);
    }

    [Fact]
    public async Task Pollers_that_ask_while_watches_are_read_share_the_next_reading()
    {
        EvmScenario scenario = new(chains);
        Assert.Same(scenario.Watches.SetOf(scenario.East.Name), scenario.Watches.SetOf(scenario.West.Name));
        WatchSet watches = scenario.Watches.SetOf(scenario.East.Name);
        int before = chains.Storage.Calls;

        await Task.WhenAll(Enumerable.Range(0, 5).Select(
            _ => watches.LoadNewAsync(scenario.Watches, scenario.Clock.GetUtcNow(), CancellationToken.None)));

        // The first reading began before the others asked: one more serves the four of them.
        Assert.Equal(2 * WatchStore.Buckets, chains.Storage.Calls - before);
    }

    [Fact]
    public async Task Networks_of_another_kind_keep_their_watches_to_themselves()
    {
        Network bitcoin = TestNetworks.Bitcoin();
        Network other = TestNetworks.Evm(new Uri("http://127.0.0.1:1"));
        Network forwarders = other with { Factory = "0x15a525d5547Be9AD243AFD3e1d4d3A47B9039A67" };
        Assert.Equal(("bitcoin-regtest", "anvil"), (bitcoin.AddressSpace, other.AddressSpace));
        Assert.Equal(
            ("evm-test", "evm-live"), (forwarders.AddressSpace, (forwarders with { Livemode = true }).AddressSpace));
        EvmScenario scenario = new(chains);
        Watch watch = await scenario.WatchAsync();
        Assert.Empty(await new WatchStore(chains.Tables, new([])).ReadSinceAsync(watch.Network, null, CancellationToken.None));
    }
}

/// <summary>One set of nodes for the scenarios that run pollers in this process.</summary>
[CollectionDefinition(nameof(EvmChains))]
public sealed class EvmChainsCollection : ICollectionFixture<EvmChains>;
