using CoinPay.Chains;
using CoinPay.Chains.Bitcoin;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Nodes;
using Xunit;

namespace CoinPay.Acceptance.Chains;

/// <summary>The same adapter on a real litecoind.</summary>
public sealed class LitecoinChainTests
{
    [Fact]
    public async Task A_payment_is_seen_in_the_mempool_and_then_in_its_block()
    {
        Assert.SkipWhen(Bitcoind.WhyNoLitecoind is not null, Bitcoind.WhyNoLitecoind ?? "");
        await using Bitcoind node = await Bitcoind.StartLitecoindAsync();
        Network network = TestNetworks.Bitcoin(node.Rpc, "litecoin", id: "bip122:530827f38f93b43ed12af0b3ad25a288");
        BitcoinChain chain = new(network, TestNetworks.Http, TestNetworks.Credentials(), TimeProvider.System);
        ChainHead head = await chain.ReadHeadAsync(CancellationToken.None);
        Assert.Equal(101, head.Height);
        foreach (string kind in (string[])["legacy", "p2sh-segwit", "bech32"])
        {
            string address = (await node.CallAsync("getnewaddress", "", kind)).GetString()!;
            string script = (await node.CallAsync("getaddressinfo", address)).GetProperty("scriptPubKey").GetString()!;
            Assert.Equal(script, chain.RecipientOf(address));
        }

        Assert.Empty(await chain.ReadMempoolAsync(static _ => true, CancellationToken.None));
        string recipient = chain.RecipientOf(await node.NewAddressAsync());
        string paid = await node.NewAddressAsync();
        string transaction = await node.PayAsync(paid, 1.00000001m);
        bool IsPaid(string script) => script == chain.RecipientOf(paid);
        ChainTransfer waiting = Assert.Single(await chain.ReadMempoolAsync(IsPaid, CancellationToken.None));
        Assert.Equal((transaction, 100_000_001), (waiting.TransactionHash, (long)waiting.Amount));
        Assert.Empty(await chain.ReadMempoolAsync(script => script == recipient, CancellationToken.None));

        await node.MineAsync();
        await chain.ReadHeadAsync(CancellationToken.None);
        IReadOnlyList<ChainBlock> blocks = await chain.ReadBlocksAsync(1, 102, 0, IsPaid, CancellationToken.None);
        Assert.Equal([waiting with { EnteredAt = null }], blocks[^1].Transfers);
        Assert.Equal((false, 0), (waiting.IsDoubtful, waiting.Maturity));
        await node.CallAsync("generatetoaddress", 1, paid);
        await chain.ReadHeadAsync(CancellationToken.None);
        ChainBlock coinbase = Assert.Single(await chain.ReadBlocksAsync(103, 103, 0, IsPaid, CancellationToken.None));
        Assert.Equal(100, Assert.Single(coinbase.Transfers).Maturity);
    }
}
