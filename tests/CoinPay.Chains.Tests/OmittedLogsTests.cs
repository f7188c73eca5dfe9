using CoinPay.Chains.Evm;
using Xunit;

namespace CoinPay.Chains.Tests;

/// <summary>No log of a token is believed to be absent, or to be there twice, on the word of eth_getLogs alone.</summary>
public sealed class OmittedLogsTests
{
    private readonly FakeEvmBlocks _blocks = new();

    /// <summary>Near the head each block is asked for by its hash, deep ones by range.</summary>
    public static TheoryData<long> ByHashOrRange() => [0, 100];

    [Theory]
    [MemberData(nameof(ByHashOrRange))]
    public async Task Logs_that_the_node_leaves_out_are_taken_from_the_receipts(long byHashAbove)
    {
        _blocks.Pay(block: 2, amount: 5);
        _blocks.Pay(block: 3, amount: 7);
        _blocks.Logs = static _ => Array.Empty<object>();
        Assert.Equal([(2, 5), (3, 7)], await ReadAsync(byHashAbove));
    }

    [Theory]
    [MemberData(nameof(ByHashOrRange))]
    public async Task Logs_of_one_token_are_no_evidence_for_another(long byHashAbove)
    {
        _blocks.Pay(block: 2, amount: 5, FakeEvmBlocks.OtherToken);
        _blocks.Pay(block: 2, amount: 7);
        _blocks.Logs = static logs => logs.Take(1).ToArray();
        Assert.Equal([(2, 5), (2, 7)], await ReadAsync(byHashAbove));
    }

    [Fact]
    public async Task Receipts_are_asked_for_one_by_one_if_the_node_cannot_give_a_blocks()
    {
        _blocks.Pay(block: 2, amount: 5);
        _blocks.Logs = static _ => Array.Empty<object>();
        _blocks.Receipts = static _ => new FakeNode.Refused(-32601, "the method eth_getBlockReceipts does not exist");
        Assert.Equal([(2, 5)], await ReadAsync());
    }

    [Theory]
    [MemberData(nameof(ByHashOrRange))]
    public async Task A_block_whose_receipts_are_missing_too_is_unknown(long byHashAbove)
    {
        _blocks.Pay(block: 2, amount: 5);
        _blocks.Pay(block: 2, amount: 6);
        _blocks.Logs = static _ => Array.Empty<object>();
        foreach (Func<object[], object?> receipts in new Func<object[], object?>[]
                 {
                     static _ => Array.Empty<object>(), static all => all.Take(1).ToArray(), static all => new[] { all[0], all[0] }, static _ => null,
                 })
        {
            _blocks.Receipts = receipts;
            _blocks.Receipt = static _ => null;
            await Assert.ThrowsAsync<ChainUnknownException>(() => ReadAsync(byHashAbove));
        }
    }

    [Fact]
    public async Task A_block_that_shows_no_bloom_could_hold_anything()
    {
        _blocks.Pay(block: 2, amount: 5);
        _blocks.Logs = static _ => Array.Empty<object>();
        _blocks.Bloom = static _ => null;
        Assert.Equal([(2, 5)], await ReadAsync());
        _blocks.Bloom = static _ => "0x00";
        await Assert.ThrowsAsync<ChainUnknownException>(() => ReadAsync());
    }

    [Fact]
    public async Task An_honest_node_is_asked_nothing_more()
    {
        _blocks.Pay(block: 2, amount: 5);
        _blocks.Pay(block: 3, amount: 7, FakeEvmBlocks.OtherToken);
        Assert.Equal([(2, 5), (3, 7)], await ReadAsync());
        Assert.DoesNotContain(_blocks.Node.Batches.SelectMany(batch => batch), method => method.Contains("Receipt", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(ByHashOrRange))]
    public async Task A_log_that_comes_twice_is_one_transfer(long byHashAbove)
    {
        _blocks.Pay(block: 2, amount: 5);
        _blocks.Pay(block: 2, amount: 5);
        _blocks.Logs = static logs => logs.Concat(logs).ToArray();
        Assert.Equal([(2, 5), (2, 5)], await ReadAsync(byHashAbove));
    }

    [Theory]
    [MemberData(nameof(ByHashOrRange))]
    public async Task Different_logs_under_one_index_are_unknown(long byHashAbove)
    {
        _blocks.Pay(block: 2, amount: 5);
        _blocks.Logs = static logs => logs.Concat(logs.Select(log => With(log, "data", $"0x{6:x64}"))).ToArray();
        await Assert.ThrowsAsync<ChainUnknownException>(() => ReadAsync(byHashAbove));
    }

    [Fact]
    public async Task A_call_that_is_answered_twice_is_unknown()
    {
        FakeNode node = new(static (_, _) => "0x1") { Garble = static body => body.Replace("]", "," + body.TrimStart('['), StringComparison.Ordinal) };
        await Assert.ThrowsAsync<ChainUnknownException>(() => node.Evm().ReadHeadAsync(CancellationToken.None));
    }

    private static Dictionary<string, object?> With(object log, string name, object value)
    {
        Dictionary<string, object?> copy = log.GetType().GetProperties().ToDictionary(property => property.Name, property => property.GetValue(log));
        copy[name] = value;
        return copy;
    }

    /// <summary>Heights and amounts of the transfers in blocks 1 to 4.</summary>
    private async Task<(int, int)[]> ReadAsync(long byHashAbove = 0)
    {
        EvmChain chain = _blocks.Node.Evm(FakeEvmBlocks.Token, FakeEvmBlocks.OtherToken);
        IReadOnlyList<ChainBlock> read = await chain.ReadBlocksAsync(
            1, 4, byHashAbove, recipient => recipient == FakeEvmBlocks.Invoice, CancellationToken.None);
        return [.. read.SelectMany(block => block.Transfers.Select(transfer => ((int)block.Height, (int)transfer.Amount))).Order()];
    }
}
