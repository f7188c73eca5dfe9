using System.Text.Json;
using CoinPay.Chains.Bitcoin;
using Xunit;

namespace CoinPay.Chains.Tests;

/// <summary>What an unconfirmed payment is worth by its fee rate and its ancestors, as the node states them.</summary>
public sealed class MempoolTrustTests
{
    private const string Payment = "aa";
    private readonly Dictionary<string, object?> _answers = new(StringComparer.Ordinal)
    {
        ["getmempoolinfo"] = new { loaded = true, mempoolminfee = 0.00001m, minrelaytxfee = 0.00001m },
        ["getmempoolancestors"] = Array.Empty<string>(),
        ["getmempoolentry"] = Entry(fee: 0.00002m, size: 100, allFees: 0.00002m, all: 100),
        ["estimatesmartfee"] = new { feerate = 0.0002m, blocks = 6 },
        ["getrawtransaction"] = JsonElement.Parse("""{"txid":"aa","vout":[{"value":1,"n":0,"scriptPubKey":{"hex":"0014aa"}}]}"""),
    };

    [Fact]
    public async Task A_fee_rate_that_the_node_expects_to_suffice_is_trusted() => Assert.False((await SeeAsync()).IsDoubtful);

    [Theory]
    [InlineData(0.000019, 100, 0.000019, 100)]
    [InlineData(0.00002, 101, 0.00002, 101)]
    [InlineData(0.00004, 100, 0.00004, 300)]
    [InlineData(0.00001, 100, 0.00009, 200)]
    public async Task A_lower_fee_rate_of_its_own_or_with_its_ancestors_is_doubtful(double fee, int size, double allFees, int all)
    {
        _answers["getmempoolentry"] = Entry((decimal)fee, size, (decimal)allFees, all);
        Assert.True((await SeeAsync()).IsDoubtful);
    }

    [Fact]
    public async Task A_full_mempool_demands_more_than_the_estimate()
    {
        _answers["getmempoolinfo"] = new { loaded = true, mempoolminfee = 0.0003m, minrelaytxfee = 0.00001m };
        Assert.True((await SeeAsync()).IsDoubtful);
    }

    [Theory]
    [InlineData("test", true)]
    [InlineData("regtest", false)]
    public async Task Without_an_estimate_no_fee_suffices_except_on_regtest(string chain, bool isDoubtful)
    {
        _answers["estimatesmartfee"] = new { errors = new[] { "Insufficient data or no feerate found" }, blocks = 2 };
        Assert.Equal(isDoubtful, (await SeeAsync(chain)).IsDoubtful);
    }

    [Theory]
    [InlineData("getmempoolentry")]
    [InlineData("getmempoolancestors")]
    public async Task A_payment_that_the_node_no_longer_knows_is_doubtful(string method)
    {
        _answers[method] = new FakeNode.Refused(-5, "Transaction not in mempool");
        Assert.True((await SeeAsync()).IsDoubtful);
    }

    [Fact]
    public async Task A_payment_is_as_old_as_the_node_says()
    {
        Assert.Null((await SeeAsync()).EnteredAt);
        _answers["getmempoolentry"] = new { time = 1_700_000_000 };
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), (await SeeAsync()).EnteredAt);
    }

    [Fact]
    public async Task A_payment_is_judged_once()
    {
        FakeNode node = Node();
        BitcoinChain chain = node.Bitcoin("test");
        for (int i = 0; i < 3; i++)
            await chain.ReadMempoolAsync(static _ => true, CancellationToken.None);
        Assert.Equal(1, node.Batches.Sum(batch => batch.Count(method => method == "getmempoolentry")));
    }

    private static object Entry(decimal fee, int size, decimal allFees, int all) =>
        new { vsize = size, ancestorsize = all, fees = new { @base = fee, ancestor = allFees } };

    /// <summary>The payment comes after the first read of the mempool.</summary>
    private async Task<ChainTransfer> SeeAsync(string chainName = "test")
    {
        _answers["getrawmempool"] = Array.Empty<string>();
        BitcoinChain chain = Node().Bitcoin(chainName);
        await chain.ReadMempoolAsync(static _ => true, CancellationToken.None);
        _answers["getrawmempool"] = new[] { Payment };
        return Assert.Single(await chain.ReadMempoolAsync(static _ => true, CancellationToken.None));
    }

    private FakeNode Node()
    {
        _answers.TryAdd("getrawmempool", new[] { Payment });
        return new((method, _) => _answers[method]);
    }
}
