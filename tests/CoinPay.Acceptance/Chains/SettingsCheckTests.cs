using CoinPay.Chains;
using CoinPay.Chains.Bitcoin;
using CoinPay.Chains.Evm;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Nodes;
using Xunit;

namespace CoinPay.Acceptance.Chains;

/// <summary>Settings compared with real nodes.</summary>
public sealed class SettingsCheckTests
{
    [Fact]
    public async Task Anvil_confirms_right_settings_before_and_after_the_factory_is_deployed_and_names_what_is_wrong()
    {
        await using Anvil node = await Anvil.StartAsync();
        TestToken token = await TestToken.DeployAsync(node);
        Network right = TestNetworks.Evm(node.Rpc, 31337, Nethereum.Util.AddressUtil.Current.ConvertToChecksumAddress(token.Address)) with
        {
            Factory = ForwarderFactory.Address,
        };
        Assert.All(await CompareAsync(right), finding => Assert.Null(finding.Difference));

        using GasWallet wallet = new(right, TestNetworks.Http, Anvil.PublishedKeys[2], new FreeTurns(), TimeProvider.System);
        await new ForwarderFactory(right, TestNetworks.Http, wallet, TimeProvider.System).EnsureDeployedAsync(CancellationToken.None);
        Assert.All(await CompareAsync(right), finding => Assert.Null(finding.Difference));

        NetworkAsset listed = right.Assets[1];
        Network decimals = right with { Assets = [right.Assets[0], listed with { Asset = listed.Asset with { Decimals = 18 } }] };
        Assert.Equal(
            [null, true],
            (await CompareAsync(decimals)).Select(finding => finding.Difference?.Contains("says 6", StringComparison.Ordinal)));
        Assert.All(
            await CompareAsync(right with { Id = "eip155:1" }),
            finding => Assert.Contains("31337", finding.Difference, StringComparison.Ordinal));
        Assert.All(
            await CompareAsync(right with { Factory = Anvil.Accounts[1] }),
            finding => Assert.Contains("There is no contract at", finding.Difference, StringComparison.Ordinal));
        Assert.All(
            await CompareAsync(right with { Factory = token.Address }),
            finding => Assert.Contains("is not the forwarder factory", finding.Difference, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bitcoind_confirms_its_own_chain_and_no_other()
    {
        await using Bitcoind node = await Bitcoind.StartAsync();
        Assert.Null(Assert.Single(await CompareBitcoinAsync(TestNetworks.Bitcoin(node.Rpc))).Difference);
        Network main = TestNetworks.Bitcoin(node.Rpc, chain: "main", id: "bip122:000000000019d6689c085ae165831e93");
        Assert.Contains("genesis", Assert.Single(await CompareBitcoinAsync(main)).Difference, StringComparison.Ordinal);
    }

    private static Task<IReadOnlyList<AssetFinding>> CompareAsync(Network network) =>
        new EvmChain(network, TestNetworks.Http, TimeProvider.System).CompareAsync(CancellationToken.None);

    private static Task<IReadOnlyList<AssetFinding>> CompareBitcoinAsync(Network network) =>
        new BitcoinChain(network, TestNetworks.Http, TestNetworks.Credentials(), TimeProvider.System).CompareAsync(CancellationToken.None);
}
