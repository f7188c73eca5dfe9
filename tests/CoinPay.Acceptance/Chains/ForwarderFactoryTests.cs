using System.Globalization;
using System.Numerics;
using System.Text.Json;
using CoinPay.Chains;
using CoinPay.Chains.Evm;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Nodes;
using Xunit;

namespace CoinPay.Acceptance.Chains;

/// <summary>The gas wallet and the factory on a real anvil.</summary>
public sealed class ForwarderFactoryTests : IAsyncLifetime
{
    private const string Merchant = "0x00000000000000000000000000000000000000cC";
    private Anvil _node = null!;
    private Network _network = null!;
    private GasWallet _wallet = null!;
    private ForwarderFactory _factory = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await Anvil.StartAsync();
        _network = TestNetworks.Evm(_node.Rpc) with { Factory = ForwarderFactory.Address };
        _wallet = new GasWallet(_network, TestNetworks.Http, Anvil.PublishedKeys[2], new FreeTurns(), TimeProvider.System);
        _factory = new ForwarderFactory(_network, TestNetworks.Http, _wallet, TimeProvider.System);
    }

    public ValueTask DisposeAsync()
    {
        _wallet.Dispose();
        return _node.DisposeAsync();
    }

    [Fact]
    public void The_wallet_has_the_address_that_anvil_publishes_for_its_key() =>
        Assert.Equal(Anvil.Accounts[2], _wallet.Address);

    [Fact]
    public async Task The_factory_is_deployed_once_and_at_its_address()
    {
        Assert.False(await _factory.StandsAsync(CancellationToken.None));
        Assert.True(await _factory.EnsureDeployedAsync(CancellationToken.None));
        Assert.True(await _factory.StandsAsync(CancellationToken.None));
        Assert.False(await _factory.EnsureDeployedAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Another_factory_than_that_of_this_build_is_not_deployed()
    {
        ForwarderFactory other = new(_network with { Factory = Merchant }, TestNetworks.Http, _wallet, TimeProvider.System);
        await Assert.ThrowsAsync<TransactionFailedException>(() => other.EnsureDeployedAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Money_paid_to_computed_addresses_goes_to_the_merchant_and_nowhere_else()
    {
        await _factory.EnsureDeployedAsync(CancellationToken.None);
        TestToken token = await TestToken.DeployAsync(_node);
        ForwarderAddress[] invoices = [.. Enumerable.Range(0, 3).Select(i => Forwarder("inv_" + i))];
        foreach (ForwarderAddress invoice in invoices)
            await token.MintAsync(invoice.Address, 1_000_000);
        await _node.SendTransactionAsync(invoices[0].Address, 12_345);

        Forwarding[] forwardings =
            [.. invoices.Select(invoice => new Forwarding(invoice.SettlementAddress, invoice.Salt))];
        Flush flush = await _factory.FlushAsync(
            forwardings, [token.Address, EvmAddress.NativeCoin], null, CancellationToken.None);
        Assert.Empty(flush.Failed);
        Assert.Equal(3_000_000, await token.BalanceOfAsync(Merchant));
        Assert.Equal(12_345, await BalanceAsync(Merchant));

        await token.MintAsync(invoices[1].Address, 5);
        await _factory.FlushAsync(forwardings, [token.Address], null, CancellationToken.None);
        Assert.Equal(3_000_005, await token.BalanceOfAsync(Merchant));
    }

    [Fact]
    public async Task What_cannot_be_moved_is_named_and_stops_nothing_else()
    {
        await _factory.EnsureDeployedAsync(CancellationToken.None);
        TestToken token = await TestToken.DeployAsync(_node);
        string noToken = await _node.DeployAsync(TinyContract.Refuser);
        ForwarderAddress invoice = Forwarder("inv_1");
        await token.MintAsync(invoice.Address, 7);

        Flush flush = await _factory.FlushAsync(
            [new Forwarding(Merchant, invoice.Salt)], [noToken, token.Address], null, CancellationToken.None);
        Assert.Equal((invoice.Address.ToLowerInvariant(), noToken), Assert.Single(flush.Failed));
        Assert.Equal(7, await token.BalanceOfAsync(Merchant));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task A_settlement_wallet_gets_its_money_however_much_gas_it_needs(int slots)
    {
        await _factory.EnsureDeployedAsync(CancellationToken.None);
        string wallet = await _node.DeployAsync(TinyContract.Remembering(slots));
        ForwarderAddress[] invoices = [.. Enumerable.Range(0, 3).Select(i => ForwarderAddress.Compute(
            ForwarderFactory.Address, wallet, ForwarderAddress.SaltOf("inv_" + i)))];
        foreach (ForwarderAddress invoice in invoices)
            await _node.SendTransactionAsync(invoice.Address, 1_000_000);

        Flush flush = await _factory.FlushAsync(
            [.. invoices.Select(invoice => new Forwarding(wallet, invoice.Salt))], [EvmAddress.NativeCoin], null, CancellationToken.None);

        Assert.Empty(flush.Failed);
        Assert.Equal(3_000_000, await BalanceAsync(wallet));
    }

    [Fact]
    public async Task Two_flushes_of_the_same_money_are_one_transaction_and_a_third_finds_nothing()
    {
        await _factory.EnsureDeployedAsync(CancellationToken.None);
        ForwarderAddress invoice = Forwarder("inv_1");
        await _node.SendTransactionAsync(invoice.Address, 12_345);
        long height = await _node.HeightAsync();
        Task<Flush> FlushAsync(string? onceId) => _factory.FlushAsync(
            [new(Merchant, invoice.Salt)], [EvmAddress.NativeCoin], onceId, CancellationToken.None);

        Flush[] flushes = [.. await Task.WhenAll(FlushAsync(null), FlushAsync(null)), await FlushAsync(null)];

        Assert.Single(flushes, flush => flush.TransactionHash is not null);
        Assert.Equal(height + 1, await _node.HeightAsync());
        await _node.SendTransactionAsync(invoice.Address, 5);
        Assert.Equal((await FlushAsync("flu_1")).TransactionHash, (await FlushAsync("flu_1")).TransactionHash);
        Assert.Equal(height + 3, await _node.HeightAsync());
    }

    [Fact]
    public async Task A_flush_without_a_factory_is_refused()
    {
        await _node.SendTransactionAsync(Forwarder("inv_1").Address, 1);
        await Assert.ThrowsAsync<TransactionFailedException>(() => _factory.FlushAsync(
            [new(Merchant, Forwarder("inv_1").Salt)], [EvmAddress.NativeCoin], null, CancellationToken.None));
    }

    [Fact]
    public async Task A_transaction_that_would_fail_is_not_sent()
    {
        string refuser = await _node.DeployAsync(TinyContract.Refuser);
        BigInteger before = await _wallet.ReadBalanceAsync(CancellationToken.None);
        await Assert.ThrowsAsync<TransactionFailedException>(
            () => _wallet.SendAsync(refuser, 1, "0x", CancellationToken.None));
        Assert.Equal(before, await _wallet.ReadBalanceAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Transactions_asked_for_at_once_are_all_mined() => await Task.WhenAll(
        Enumerable.Range(0, 5).Select(_ => _wallet.SendAsync(Merchant, 1, "0x", CancellationToken.None)));

    [Fact]
    public async Task A_chain_without_a_base_fee_gets_a_legacy_transaction()
    {
        await using Anvil old = await Anvil.StartAsync(chainId: 31338, port: null, "--hardfork", "istanbul");
        using GasWallet wallet = new(TestNetworks.Evm(old.Rpc, 31338), TestNetworks.Http, Anvil.PublishedKeys[1], new FreeTurns(), TimeProvider.System);
        JsonElement receipt = await wallet.SendAsync(Merchant, 9, "0x", CancellationToken.None);
        string hash = receipt.GetProperty("transactionHash").GetString()!;
        Assert.Equal("0x0", (await old.SendAsync("eth_getTransactionByHash", hash)).GetProperty("type").GetString());
    }

    private static ForwarderAddress Forwarder(string invoiceId) =>
        ForwarderAddress.Compute(ForwarderFactory.Address, Merchant, ForwarderAddress.SaltOf(invoiceId));

    private async Task<BigInteger> BalanceAsync(string address) => BigInteger.Parse(
        "0" + (await _node.SendAsync("eth_getBalance", address, "latest")).GetString()![2..],
        NumberStyles.AllowHexSpecifier,
        CultureInfo.InvariantCulture);
}
