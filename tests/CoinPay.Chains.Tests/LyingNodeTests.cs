using System.Globalization;
using System.Net;
using System.Text.Json;
using CoinPay.Chains.Bitcoin;
using CoinPay.Chains.Evm;
using Xunit;

namespace CoinPay.Chains.Tests;

/// <summary>What cannot be known is never read as "nothing there".</summary>
public sealed class LyingNodeTests
{
    private const string Token = "0x00000000000000000000000000000000000000dd";
    private const string Invoice = "0x00000000000000000000000000000000000000aa";

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("[{}]")]
    [InlineData("[{\"id\":0,\"result\":null}]")]
    [InlineData("[{\"id\":0,\"result\":\"0x7a69\"},{\"id\":1")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32005,\"message\":\"too many requests\"}}")]
    [InlineData("<html>502</html>")]
    public async Task An_answer_that_is_not_whole_is_unknown(string body)
    {
        foreach (HttpStatusCode status in (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.TooManyRequests])
        {
            await Unknown(FakeNode.Saying(body, status).Evm().ReadHeadAsync(CancellationToken.None));
            await Unknown(FakeNode.Saying(body, status).Bitcoin().ReadHeadAsync(CancellationToken.None));
            await Unknown(Read(FakeNode.Saying(body, status).Evm(Token), 1, 1));
            await Unknown(
                FakeNode.Saying(body, status).Bitcoin().ReadMempoolAsync(static _ => true, CancellationToken.None));
        }
    }

    [Fact]
    public async Task A_refused_call_of_a_batch_is_unknown_and_not_empty()
    {
        FakeNode node = Chain(logs: static (_, _) => new FakeNode.Refused(-32000, "unknown block"));
        await Unknown(Read(node.Evm(Token), 1, 2));
    }

    [Fact]
    public async Task An_answer_with_neither_result_nor_error_is_unknown()
    {
        static string Without(string body) => body.Replace("\"result\"", "\"nothing\"", StringComparison.Ordinal);
        FakeNode evm = new(static (_, _) => null) { Garble = Without };
        await Unknown(evm.Evm(Token).ReadHeadAsync(CancellationToken.None));
        await Unknown(Read(evm.Evm(Token), 1, 1));
        await Unknown(evm.Bitcoin().ReadHeadAsync(CancellationToken.None));
        await Unknown(evm.Bitcoin().ReadBlockHashAsync(1, CancellationToken.None));
    }

    [Fact]
    public async Task Logs_of_another_block_than_the_one_asked_for_are_unknown()
    {
        FakeNode node = Chain(logs: static (_, _) => new[] { Log(block: 7) });
        await Unknown(Read(node.Evm(Token), 1, 2));
        await Unknown(Read(node.Evm(Token), 1, 2, byHashAbove: 100));
    }

    [Fact]
    public async Task Blocks_that_do_not_follow_each_other_are_unknown()
    {
        FakeNode node = Chain(parentOf: static height => height == 2 ? Hash(99) : Hash(height - 1));
        await Unknown(Read(node.Evm(Token), 1, 3));
    }

    [Fact]
    public async Task A_block_of_another_height_is_unknown()
    {
        FakeNode node = Chain(heightOf: static height => height + 1);
        await Unknown(Read(node.Evm(Token), 1, 1));
    }

    [Fact]
    public async Task A_node_that_has_not_caught_up_is_unknown()
    {
        FakeNode syncing = Chain(syncing: new { currentBlock = "0x1", highestBlock = "0x2" });
        await Unknown(syncing.Evm().ReadHeadAsync(CancellationToken.None));
        FakeNode downloading = new(static (method, _) => method == "getblockhash"
            ? "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"
            : new { blocks = 1, headers = 800_000, bestblockhash = "00", initialblockdownload = true, mediantime = 1 });
        await Unknown(downloading.Bitcoin("main").ReadHeadAsync(CancellationToken.None));
        Assert.Equal(1, (await downloading.Bitcoin("regtest").ReadHeadAsync(CancellationToken.None)).Height);
    }

    [Fact]
    public async Task A_bitcoin_node_without_peers_is_unknown_except_on_regtest()
    {
        int peers = 0;
        FakeNode node = new((method, _) => method switch
        {
            "getblockhash" => "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
            "getconnectioncount" => peers,
            _ => new { blocks = 1, headers = 1, bestblockhash = "00", initialblockdownload = false, mediantime = 1 },
        });
        await Unknown(node.Bitcoin("main").ReadHeadAsync(CancellationToken.None));
        await node.Bitcoin("regtest").ReadHeadAsync(CancellationToken.None);
        peers = 1;
        Assert.Equal(1, (await node.Bitcoin("main").ReadHeadAsync(CancellationToken.None)).Height);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public async Task A_range_is_halved_until_the_provider_takes_it(int most)
    {
        FakeNode node = Chain(logs: (from, to) => to - from + 1 > most
            ? new FakeNode.Refused(-32005, "query returned more than 10000 results")
            : Enumerable.Range(from, to - from + 1).Select(block => Log(block)).ToArray());
        IReadOnlyList<ChainBlock> blocks = await Read(node.Evm(Token), 1, 20, byHashAbove: 100);
        Assert.Equal(20, blocks.Sum(block => block.Transfers.Count));
        Assert.All(blocks, block => Assert.Single(block.Transfers));
    }

    [Fact]
    public async Task A_limit_that_was_found_is_not_run_into_again_and_again()
    {
        int refusals = 0;
        FakeNode node = Chain(logs: (from, to) =>
        {
            if (to - from + 1 <= 10)
                return Array.Empty<object>();
            refusals++;
            return new FakeNode.Refused(-32600, "up to a 10 block range");
        });
        EvmChain chain = node.Evm(Token);
        await Read(chain, 1, 200, byHashAbove: 1_000);
        Assert.InRange(refusals, 1, 6);
    }

    [Fact]
    public async Task A_range_that_is_refused_to_the_last_block_is_unknown()
    {
        FakeNode node = Chain(logs: static (_, _) => new FakeNode.Refused(-32005, "limit exceeded"));
        await Unknown(Read(node.Evm(Token), 1, 16, byHashAbove: 100));
        Assert.InRange(node.Batches.Count, 2, 8);
    }

    [Fact]
    public async Task An_ordinary_poll_of_a_new_block_is_three_batches()
    {
        FakeNode node = Chain(logs: static (from, _) => new[] { Log(from) });
        EvmChain chain = node.Evm(Token);
        await chain.ReadHeadAsync(CancellationToken.None);
        Assert.Single((await Read(chain, 9, 9))[0].Transfers);
        Assert.Equal(3, node.Batches.Count);
    }

    [Fact]
    public async Task A_safe_tag_that_the_chain_does_not_know_is_no_height()
    {
        FakeNode node = Chain(
            tags: static tag => tag is "safe" or "finalized" ? new FakeNode.Refused(-39001, "unknown block") : null);
        ChainHead head = await node.Evm().ReadHeadAsync(CancellationToken.None);
        Assert.Equal((null, null), (head.Safe, head.Finalized));
    }

    [Theory]
    [InlineData("{\"ismweb\":true}")]
    [InlineData("{\"value\":1.5,\"n\":0}")]
    [InlineData("{\"value\":0,\"n\":0,\"scriptPubKey\":{\"hex\":\"6a\"}}")]
    [InlineData("{\"n\":0,\"scriptPubKey\":{}}")]
    public async Task An_output_without_value_or_script_pays_nobody(string output)
    {
        FakeNode node = Mempool(output);
        Assert.Empty(await node.Bitcoin().ReadMempoolAsync(static _ => true, CancellationToken.None));
    }

    [Theory]
    [InlineData("0.00000001", 1)]
    [InlineData("20999999.97690000", 2_099_999_997_690_000)]
    [InlineData("1e-8", 1)]
    public async Task An_amount_is_read_to_the_last_base_unit(string value, long units)
    {
        FakeNode node = Mempool($"{{\"value\":{value},\"n\":3,\"scriptPubKey\":{{\"hex\":\"0014aa\"}}}}");
        ChainTransfer read =
            Assert.Single(await node.Bitcoin().ReadMempoolAsync(static _ => true, CancellationToken.None));
        Assert.Equal((units, "3", "0014aa"), ((long)read.Amount, read.Ordinal, read.Recipient));
    }

    [Fact]
    public async Task An_amount_below_a_base_unit_is_unknown() => await Unknown(
        Mempool("{\"value\":0.000000001,\"n\":0,\"scriptPubKey\":{\"hex\":\"00\"}}")
            .Bitcoin().ReadMempoolAsync(static _ => true, CancellationToken.None));

    [Fact]
    public async Task A_transaction_of_the_mempool_is_fetched_once()
    {
        FakeNode node = Mempool("{\"value\":1,\"n\":0,\"scriptPubKey\":{\"hex\":\"00\"}}");
        BitcoinChain chain = node.Bitcoin();
        for (int i = 0; i < 3; i++)
            Assert.Single(await chain.ReadMempoolAsync(static _ => true, CancellationToken.None));
        Assert.Equal(1, node.Batches.Sum(batch => batch.Count(method => method == "getrawtransaction")));
    }

    [Fact]
    public async Task A_mempool_that_the_node_has_not_read_back_yet_is_unknown_and_not_empty()
    {
        FakeNode node = new(static (method, _) => method == "getmempoolinfo" ? new { loaded = false } : Array.Empty<string>());
        await Unknown(node.Bitcoin().ReadMempoolAsync(static _ => true, CancellationToken.None));
    }

    private static FakeNode Mempool(string output) => new((method, _) => method == "getrawmempool"
        ? new[] { "aa" }
        : JsonElement.Parse($"{{\"txid\":\"aa\",\"vout\":[{output}]}}"));

    /// <summary>A chain of any height whose block n has hash n; what is not asked of it is ordinary.</summary>
    private static FakeNode Chain(
        Func<int, int, object>? logs = null,
        Func<int, string>? parentOf = null,
        Func<int, int>? heightOf = null,
        Func<string, object?>? tags = null,
        object? syncing = null) => new((method, parameters) => method switch
    {
        "eth_chainId" => "0x7a69",
        "eth_syncing" => syncing ?? false,
        "eth_getLogs" => logs is null ? Array.Empty<object>() : LogsOf(parameters[0], logs),
        "eth_getBlockByNumber" when tags?.Invoke(parameters[0].GetString()!) is { } special => special,
        "eth_getBlockByNumber" => Block(Height(parameters[0].GetString()!), parentOf, heightOf),
        _ => throw new ArgumentException(method),
    });

    private static object LogsOf(JsonElement filter, Func<int, int, object> logs)
    {
        if (!filter.TryGetProperty("blockHash", out JsonElement hash))
            return logs(HeightIn(filter, "fromBlock"), HeightIn(filter, "toBlock"));
        int block = int.Parse(hash.GetString().AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return logs(block, block);
    }

    private static object Block(int height, Func<int, string>? parentOf, Func<int, int>? heightOf) => new
    {
        number = $"0x{heightOf?.Invoke(height) ?? height:x}",
        hash = Hash(height),
        parentHash = parentOf?.Invoke(height) ?? Hash(height - 1),
        timestamp = "0x1",
        transactions = Array.Empty<string>(),
    };

    private static object Log(int block) => new
    {
        address = Token,
        topics = new[] { TransferLog.Topic, "0x" + new string('0', 64), "0x" + Invoice[2..].PadLeft(64, '0') },
        data = "0x" + "5".PadLeft(64, '0'),
        blockHash = Hash(block),
        transactionHash = Hash(1000 + block),
        logIndex = "0x0",
        removed = false,
    };

    private static string Hash(int number) => $"0x{number:x64}";

    private static int HeightIn(JsonElement filter, string name) => Height(filter.GetProperty(name).GetString()!);

    private static int Height(string block) =>
        block.StartsWith("0x", StringComparison.Ordinal)
            ? int.Parse(block.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : 9;

    private static Task<IReadOnlyList<ChainBlock>> Read(EvmChain chain, long from, long to, long byHashAbove = 0) =>
        chain.ReadBlocksAsync(from, to, byHashAbove, recipient => recipient == Invoice, CancellationToken.None);

    private static Task<ChainUnknownException> Unknown(Task reading) =>
        Assert.ThrowsAsync<ChainUnknownException>(() => reading);
}
