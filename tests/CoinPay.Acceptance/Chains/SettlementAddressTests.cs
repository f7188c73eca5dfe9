using CoinPay.Chains;
using CoinPay.Chains.Evm;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Nodes;
using Xunit;

namespace CoinPay.Acceptance.Chains;

/// <summary>Settlement addresses on a real anvil.</summary>
public sealed class SettlementAddressTests
{
    [Fact]
    public async Task What_cannot_give_money_back_is_told_from_what_can()
    {
        await using Anvil node = await Anvil.StartAsync();
        Network network = TestNetworks.Evm(node.Rpc) with { Factory = ForwarderFactory.Address };
        using GasWallet wallet = new(network, TestNetworks.Http, Anvil.PublishedKeys[2], new FreeTurns(), TimeProvider.System);
        ForwarderFactory factory = new(network, TestNetworks.Http, wallet, TimeProvider.System);
        await factory.EnsureDeployedAsync(CancellationToken.None);
        ForwarderAddress invoice = ForwarderAddress.Compute(ForwarderFactory.Address, Anvil.Accounts[1], ForwarderAddress.SaltOf("inv_1"));
        await node.SendTransactionAsync(invoice.Address, 1);
        await factory.FlushAsync([new(invoice.SettlementAddress, invoice.Salt)], [EvmAddress.NativeCoin], null, CancellationToken.None);
        EvmChain chain = new(network, TestNetworks.Http, TimeProvider.System);
        Task<string?> FindAsync(string address) => chain.FindLossAsync(address, CancellationToken.None);

        Assert.Null(await FindAsync(Anvil.Accounts[1]));
        Assert.Null(await FindAsync("0x00000000000000000000000000000000c0ffee01"));
        Assert.Contains("refuses ETH", await FindAsync(await node.DeployAsync(TinyContract.Refuser)), StringComparison.Ordinal);
        Assert.Contains("token", await FindAsync((await TestToken.DeployAsync(node)).Address), StringComparison.Ordinal);
        Assert.Contains("address of an invoice", await FindAsync(invoice.Address), StringComparison.Ordinal);
        Assert.Contains("forwarder factory", await FindAsync(ForwarderFactory.Address), StringComparison.Ordinal);
        // TinyContract.Sender takes whatever is sent to it, as a contract wallet does.
        Assert.Null(await FindAsync(await node.DeployAsync(TinyContract.Sender)));
    }
}
