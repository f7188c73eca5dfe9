using System.Text.Json;
using CoinPay.Chains;
using CoinPay.Chains.Bitcoin;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Nodes;
using Xunit;

namespace CoinPay.Acceptance.Chains;

/// <summary>
/// Litecoin's extension blocks on a real litecoind: money goes in, and comes out again to an address of ours. Source:
/// LIP-2, LIP-3; on regtest they begin at block 432.
/// </summary>
public sealed class MwebTests
{
    private const int BlocksBeforeMweb = 431;
    private const string Hidden = "hidden";

    [Fact]
    public async Task What_stays_in_the_MWEB_does_no_harm_and_a_peg_out_is_credited_under_the_blocks_last_transaction()
    {
        Assert.SkipWhen(Bitcoind.WhyNoLitecoind is not null, Bitcoind.WhyNoLitecoind ?? "");
        await using Bitcoind node = await Bitcoind.StartLitecoindAsync();
        Network network = TestNetworks.Bitcoin(node.Rpc, "litecoin", id: "bip122:530827f38f93b43ed12af0b3ad25a288");
        BitcoinChain chain = new(network, TestNetworks.Http, TestNetworks.Credentials(), TimeProvider.System);
        await node.MineAsync(BlocksBeforeMweb - (int)await node.HeightAsync());
        await node.CallAsync("createwallet", Hidden);
        string inside = (await node.CallWalletAsync(Hidden, "getnewaddress", "", "mweb")).GetString()!;
        string address = await node.NewAddressAsync();
        bool IsWatched(string recipient) => recipient == chain.RecipientOf(address);

        await node.PayAsync(inside, 5);
        Assert.Empty(await chain.ReadMempoolAsync(IsWatched, CancellationToken.None));
        await node.MineAsync(2);
        string pegOut = (await node.CallWalletAsync(Hidden, "sendtoaddress", address, 1.5m)).GetString()!;
        JsonElement waiting = await node.CallAsync("getrawtransaction", pegOut, true);
        Assert.All(waiting.GetProperty("vout").EnumerateArray(), output => Assert.False(output.TryGetProperty("value", out _)));
        Assert.Empty(await chain.ReadMempoolAsync(IsWatched, CancellationToken.None));
        Assert.Empty(chain.SpendsInMempool(static _ => true));

        string block = Assert.Single(await node.MineAsync());
        JsonElement last = (await node.CallAsync("getblock", block, 2)).GetProperty("tx").EnumerateArray().Last();
        ChainHead head = await chain.ReadHeadAsync(CancellationToken.None);
        IReadOnlyList<ChainBlock> blocks =
            await chain.ReadBlocksAsync(BlocksBeforeMweb, head.Height, 0, IsWatched, CancellationToken.None);
        ChainTransfer credited = Assert.Single(blocks.SelectMany(read => read.Transfers));
        Assert.Equal((150_000_000, last.GetProperty("txid").GetString()), ((int)credited.Amount, credited.TransactionHash));
        Assert.NotEqual(pegOut, credited.TransactionHash);
        Assert.Equal(6, credited.Maturity);
        JsonElement output = last.GetProperty("vout")[int.Parse(credited.Ordinal)];
        Assert.Equal(chain.RecipientOf(address), output.GetProperty("scriptPubKey").GetProperty("hex").GetString());
    }
}
