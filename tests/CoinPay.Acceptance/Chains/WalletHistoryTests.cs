using CoinPay.Chains;
using CoinPay.Chains.Bitcoin;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Nodes;
using Xunit;

namespace CoinPay.Acceptance.Chains;

/// <summary>What real nodes say about the past of addresses.</summary>
public sealed class WalletHistoryTests
{
    [Fact]
    public async Task A_bitcoind_with_block_filters_shows_what_was_paid_and_spent_again_and_one_without_does_not()
    {
        await using Bitcoind filtered = await Bitcoind.StartAsync("-blockfilterindex=1");
        Assert.Equal(("1 2", true), await UsedAsync(filtered, Network(filtered)));
        await using Bitcoind plain = await Bitcoind.StartAsync();
        Assert.Equal(("2", false), await UsedAsync(plain, Network(plain)));
    }

    [Fact]
    public async Task A_litecoind_shows_only_what_is_unspent()
    {
        Assert.SkipWhen(Bitcoind.WhyNoLitecoind is not null, Bitcoind.WhyNoLitecoind ?? "");
        await using Bitcoind node = await Bitcoind.StartLitecoindAsync();
        Network network = TestNetworks.Bitcoin(node.Rpc, "litecoin", id: "bip122:530827f38f93b43ed12af0b3ad25a288");
        Assert.Equal(("2", false), await UsedAsync(node, network));
    }

    private static Network Network(Bitcoind node) => TestNetworks.Bitcoin(node.Rpc);

    /// <summary>Of four addresses the second was paid and emptied, and the third was paid.</summary>
    private static async Task<(string Paid, bool IsWhole)> UsedAsync(Bitcoind node, Network network)
    {
        string[] addresses = [.. await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => node.MerchantAddressAsync()))];
        string paid = await node.PayAsync(addresses[1], 1);
        await node.PayAsync(addresses[2], 1);
        await node.MineAsync();
        await node.SendAsync(await node.OutputToAsync(paid, addresses[1]), 0.0005m, (await node.NewAddressAsync(), 0.5m));
        await node.MineAsync();
        BitcoinChain chain = new(network, TestNetworks.Http, TestNetworks.Credentials(), TimeProvider.System);
        HistoryPart part = await chain.ReadHistoryAsync(addresses, 0, CancellationToken.None);
        Assert.Null(part.Next);
        return (string.Join(' ', part.Paid.Order()), part.IsWhole);
    }
}
