using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoinPay.Acceptance.Chains;
using CoinPay.Chains;
using CoinPay.Chains.Evm;
using CoinPay.Core;
using CoinPay.Functions.Watching;
using CoinPay.Testing;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Nodes;
using Xunit;

namespace CoinPay.Acceptance.Scenarios;

/// <summary>Ether that a contract sends: no log tells of it, and no transaction names its recipient.</summary>
[Collection(nameof(EvmChains))]
public sealed class EvmBalanceSweepTests(EvmChains chains)
{
    private static readonly BigInteger Ether = BigInteger.Pow(10, 18);

    [Theory]
    [InlineData("")]
    [InlineData("debug_traceBlockByHash")]
    public async Task It_is_found_when_the_invoice_expires_with_the_transaction_that_brought_it(string refused)
    {
        EvmScenario scenario = new(chains);
        Watch watch = await NativeWatchAsync(scenario);
        chains.Proxy.Refuses = (method, _) => method == refused;
        (string sender, string transaction, long height) = await SendAsync(watch.Address, Ether);
        Assert.Empty(await scenario.PollAsync(scenario.East));

        Assert.Equal([watch.InvoiceId], await PollAfterExpiryAsync(scenario));
        ViewedTransfer found = Assert.Single(await scenario.ViewAsync(watch));
        Assert.Equal((transaction, "native", sender), (found.TransactionHash, found.Ordinal, found.From));
        Assert.Equal((Ether, height, false), (found.Amount, found.Block!.Height, found.IsAmbiguous));
    }

    [Fact]
    public async Task Without_traces_it_is_reported_under_its_blocks_hash_and_in_doubt()
    {
        EvmScenario scenario = new(chains);
        Watch watch = await NativeWatchAsync(scenario);
        chains.Proxy.Refuses = (method, _) => method.Contains("trace", StringComparison.Ordinal);
        (_, _, long height) = await SendAsync(watch.Address, Ether);
        await chains.East.MineAsync(5);

        await PollAfterExpiryAsync(scenario);
        ViewedTransfer found = Assert.Single(await scenario.ViewAsync(watch));
        Assert.Equal((EvmBalanceSweep.BalanceOrdinal, Ether, true), (found.Ordinal, found.Amount, found.IsAmbiguous));
        Assert.Equal((height, found.TransactionHash), (found.Block!.Height, found.Block.Hash));
    }

    [Fact]
    public async Task Without_the_state_of_old_blocks_it_is_reported_under_the_heads_hash_and_in_doubt()
    {
        EvmScenario scenario = new(chains);
        Watch watch = await NativeWatchAsync(scenario);
        chains.Proxy.Refuses = (method, parameters) =>
            method == "eth_getBalance" && parameters[1]!.GetValueKind() == JsonValueKind.String;
        await SendAsync(watch.Address, Ether);
        await chains.East.MineAsync(5);

        await PollAfterExpiryAsync(scenario);
        ViewedTransfer found = Assert.Single(await scenario.ViewAsync(watch));
        Assert.Equal((Ether, true), (found.Amount, found.IsAmbiguous));
        Assert.Equal((await scenario.CursorAsync(scenario.East)).Hash, found.TransactionHash);
    }

    [Fact]
    public async Task What_came_by_itself_is_not_counted_again_and_several_payments_are_told_apart()
    {
        EvmScenario scenario = new(chains);
        Watch watch = await NativeWatchAsync(scenario);
        string plain = await chains.East.SendTransactionAsync(watch.Address, 3 * Ether);
        (_, string first, _) = await SendAsync(watch.Address, Ether);
        await chains.East.MineAsync(7);
        (_, string second, _) = await SendAsync(watch.Address, 2 * Ether);
        await scenario.PollAsync(scenario.East);

        await PollAfterExpiryAsync(scenario);
        (string, BigInteger)[] all = [(plain, 3 * Ether), (first, Ether), (second, 2 * Ether)];
        Assert.Equal(
            all.Order(), (await scenario.ViewAsync(watch)).Select(found => (found.TransactionHash, found.Amount)).Order());
    }

    [Fact]
    public async Task A_day_later_it_is_not_found_again_and_what_came_since_is()
    {
        EvmScenario scenario = new(chains);
        Watch watch = await NativeWatchAsync(scenario);
        await SendAsync(watch.Address, Ether);
        await PollAfterExpiryAsync(scenario);
        await chains.East.MineAsync(3);
        Assert.Equal([watch.InvoiceId], await scenario.PollAsync(scenario.East));
        Assert.Empty(await PollAfterAsync(scenario, TimeSpan.FromDays(1)));
        (_, string late, _) = await SendAsync(watch.Address, 5 * Ether);
        Assert.Empty(await PollAfterAsync(scenario, TimeSpan.FromHours(23)));

        Assert.Equal([watch.InvoiceId], await PollAfterAsync(scenario, TimeSpan.FromHours(1)));
        Assert.Equal(2, (await scenario.ViewAsync(watch)).Count);
        Assert.Contains(await scenario.ViewAsync(watch), found => found.TransactionHash == late);
    }

    [Fact]
    public async Task It_is_found_though_the_forwarder_was_emptied_before_anybody_looked()
    {
        EvmScenario scenario = new(chains);
        string invoiceId = scenario.NewInvoiceId();
        ForwarderAddress forwarder = await ForwarderAsync(scenario.East, invoiceId);
        Watch watch = await scenario.WatchAsync(forwarder.Address, isNative: true, invoiceId: invoiceId);
        await scenario.PollAsync(scenario.East);
        (_, string transaction, _) = await SendAsync(watch.Address, Ether);
        await FlushAsync(scenario.East, forwarder);
        await chains.East.MineAsync(3);
        chains.Proxy.Refuses = (method, parameters) => method == "eth_getLogs" && SpanOf(parameters[0]!) > 50;

        await PollAfterExpiryAsync(scenario);
        ViewedTransfer found = Assert.Single(await scenario.ViewAsync(watch));
        Assert.Equal((transaction, Ether), (found.TransactionHash, found.Amount));
        Assert.Empty(await PollAfterAsync(scenario, TimeSpan.FromDays(1)));
    }

    [Fact]
    public async Task A_poll_is_not_complete_after_an_expiry_until_the_balance_was_looked_at()
    {
        EvmScenario scenario = new(chains);
        Watch watch = await NativeWatchAsync(scenario);
        chains.Proxy.Refuses = (method, _) => method == "eth_getBalance";
        await Assert.ThrowsAsync<ChainUnknownException>(() => PollAfterExpiryAsync(scenario));
        scenario.Restart(scenario.East);
        await Assert.ThrowsAsync<ChainUnknownException>(() => scenario.PollAsync(scenario.East));
        Assert.True((await scenario.CursorAsync(scenario.East)).CompletePollBeganAt < watch.SweepAt);

        chains.Proxy.Refuses = (_, _) => false;
        await scenario.PollAsync(scenario.East);
        Assert.True((await scenario.CursorAsync(scenario.East)).CompletePollBeganAt > watch.SweepAt);
    }

    [Fact]
    public async Task A_reorg_that_sends_it_again_has_it_found_at_once_and_one_that_does_not_takes_it_away()
    {
        EvmScenario scenario = new(chains);
        Watch watch = await NativeWatchAsync(scenario);
        (string sender, string transaction, _) = await SendAsync(watch.Address, Ether);
        await PollAfterExpiryAsync(scenario);
        await chains.East.ReorgAsync(1,
        [
            new object[]
            {
                new { from = EvmScenario.Payer, to = sender, value = "0xde0b6b3a7640000", input = "0x" + TestToken.Word(watch.Address), gas = "0x186a0" }, 0,
            },
        ]);
        await chains.East.MineAsync();
        Assert.Equal([watch.InvoiceId], await scenario.PollAsync(scenario.East));
        List<ViewedTransfer> moved = await scenario.ViewAsync(watch);
        ViewedTransfer standing = Assert.Single(moved, transfer => transfer.Lost is null);
        Assert.Equal((Ether, "native", false), (standing.Amount, standing.Ordinal, standing.IsAmbiguous));

        await chains.East.ReorgAsync(2);
        await chains.East.MineAsync();
        Assert.Equal([watch.InvoiceId], await scenario.PollAsync(scenario.East));
        Assert.All(await scenario.ViewAsync(watch), transfer => Assert.Equal(TransferStatus.Reorged, transfer.Lost));
        Assert.Contains(moved, transfer => transfer.TransactionHash == transaction);
    }

    [Fact]
    public async Task It_is_found_on_another_network_of_the_address_space_when_the_invoice_expires_and_once_only()
    {
        EvmScenario scenario = new(chains);
        Watch watch = await NativeWatchAsync(scenario), token = await scenario.WatchAsync();
        await scenario.PollAsync(scenario.West);
        (string sender, string transaction, long height) = await SendAsync(watch.Address, Ether, chains.West);
        await SendAsync(token.Address, Ether, chains.West);
        await chains.West.MineAsync(7);
        Assert.Empty(await scenario.PollAsync(scenario.West));

        scenario.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Empty(await scenario.PollAsync(scenario.East));
        Assert.Equal([watch.InvoiceId], await scenario.PollAsync(scenario.West));
        ViewedTransfer found = Assert.Single(await scenario.ViewAsync(watch));
        Assert.Equal(
            (transaction, scenario.West.Name, $"native@{scenario.West.Name}", sender),
            (found.TransactionHash, found.WrongNetwork, found.Ordinal, found.From));
        Assert.Equal((Ether, height, false), (found.Amount, found.Block!.Height, found.IsAmbiguous));
        // A token tells of itself on every network: its invoices are not looked at.
        Assert.Empty(await scenario.ViewAsync(token));

        scenario.Clock.Advance(TimeSpan.FromDays(1));
        await scenario.PollAsync(scenario.East);
        Assert.Empty(await scenario.PollAsync(scenario.West));
        Assert.Single(await scenario.ViewAsync(watch));
    }

    private static async Task<Watch> NativeWatchAsync(EvmScenario scenario)
    {
        Watch watch = await scenario.WatchAsync(isNative: true);
        await scenario.PollAsync(scenario.East);
        return watch;
    }

    private static Task<string[]> PollAfterExpiryAsync(EvmScenario scenario) =>
        PollAfterAsync(scenario, TimeSpan.FromMinutes(16));

    private static Task<string[]> PollAfterAsync(EvmScenario scenario, TimeSpan wait)
    {
        scenario.Clock.Advance(wait);
        return scenario.PollAsync(scenario.East);
    }

    private async Task<(string Sender, string Transaction, long Height)> SendAsync(
        string address, BigInteger amount, Anvil? chain = null)
    {
        chain ??= chains.East;
        string sender = await chain.DeployAsync(TinyContract.Sender);
        string transaction = await chain.SendTransactionAsync(sender, amount, "0x" + TestToken.Word(address));
        return (sender, transaction, await chain.HeightAsync());
    }

    private static long SpanOf(JsonNode filter) => filter["fromBlock"] is { } from
        ? Quantity.Height(filter["toBlock"]!.GetValue<string>()) - Quantity.Height(from.GetValue<string>()) + 1
        : 1;

    private async Task<ForwarderAddress> ForwarderAsync(Network network, string invoiceId)
    {
        JsonElement addresses = Artifact("addresses.json");
        await chains.East.SendTransactionAsync(
            addresses.GetProperty("deployment_proxy").GetString(),
            0,
            addresses.GetProperty("salt").GetString() + Artifact("ForwarderFactory.json").GetProperty("bytecode").GetString()![2..]);
        return ForwarderAddress.Compute(network.Factory!, Anvil.Accounts[1], ForwarderAddress.SaltOf(invoiceId));
    }

    private async Task FlushAsync(Network network, ForwarderAddress forwarder)
    {
        using GasWallet wallet = new(
            network with { Rpc = chains.East.Rpc }, TestNetworks.Http, Anvil.PublishedKeys[2], new FreeTurns(), TimeProvider.System);
        ForwarderFactory factory = new(network with { Rpc = chains.East.Rpc }, TestNetworks.Http, wallet, TimeProvider.System);
        await factory.FlushAsync(
            [new Forwarding(forwarder.SettlementAddress, forwarder.Salt)], [EvmAddress.NativeCoin], null, CancellationToken.None);
    }

    private static JsonElement Artifact(string name) => JsonElement.Parse(
        File.ReadAllText(Path.Combine(RepositoryFiles.Root, "src/contracts/artifacts", name)));
}
