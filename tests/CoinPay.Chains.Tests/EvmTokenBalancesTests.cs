using System.Numerics;
using Xunit;

namespace CoinPay.Chains.Tests;

/// <summary>What an address holds and has paid out, against what is known to have arrived.</summary>
public sealed class EvmTokenBalancesTests
{
    private const string Token = "0x00000000000000000000000000000000000000dd";
    private const string Holder = "0x00000000000000000000000000000000000000aa";
    private static readonly ChainHead Head = new(9, "0x9", DateTimeOffset.UnixEpoch.AddHours(1), null, null);

    [Fact]
    public async Task What_is_held_beyond_what_is_known_is_ambiguous_at_the_head()
    {
        SweptTransfer found = Assert.Single(await FindAsync(held: 100, recorded: 30));
        Assert.Equal((70, true, "0x9"), ((int)found.Transfer.Amount, found.Transfer.IsAmbiguous, found.Transfer.TransactionHash));
        Assert.Equal((Token + ".balance", Holder), (found.Transfer.Ordinal, found.Transfer.Recipient));
        Assert.Equal(9, found.Block.Height);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(100, 100, 0)]
    [InlineData(100, 90, 10)]
    [InlineData(50, 100, 0)]
    public async Task What_is_known_or_was_too_small_to_be_recorded_is_explained(int held, int recorded, int ignored) =>
        Assert.Empty(await FindAsync(held, recorded, ignored));

    [Fact]
    public async Task What_a_forwarder_has_paid_out_counts_as_arrived()
    {
        SweptTransfer found = Assert.Single(await FindAsync(held: 5, recorded: 30, flushed: 40));
        Assert.Equal(15, (int)found.Transfer.Amount);
        Assert.Empty(await FindAsync(held: 0, recorded: 40, flushed: 40));
    }

    [Fact]
    public async Task A_balance_that_the_node_does_not_tell_is_unknown() =>
        await Assert.ThrowsAsync<ChainUnknownException>(() => FindAsync(new FakeNode.Refused(-32000, "header not found")));

    [Fact]
    public async Task A_token_whose_own_code_fails_stops_nobody() =>
        Assert.Empty(await FindAsync(new FakeNode.Refused(3, "execution reverted")));

    [Fact]
    public async Task Five_hundred_empty_addresses_cost_a_batch_and_one_more_for_each_token()
    {
        FakeNode node = new((method, _) => method == "eth_getCode" ? "0x" : Word(0));
        TokenHolder[] holders = [.. Enumerable.Range(0, 1_000).Select(i => new TokenHolder(
            $"0x{i:x40}", DateTimeOffset.UnixEpoch, _ => throw new InvalidOperationException("nothing came")))];
        Assert.Empty(await node.Evm(Token).FindTokensAsync(holders, Head, CancellationToken.None));
        Assert.Equal(4, node.Batches.Count);
    }

    private static Task<IReadOnlyList<SweptTransfer>> FindAsync(int held, int recorded, int ignored = 0, int? flushed = null) =>
        FindAsync(Word(held), recorded, ignored, flushed);

    private static Task<IReadOnlyList<SweptTransfer>> FindAsync(object balance, int recorded = 0, int ignored = 0, int? flushed = null)
    {
        FakeNode node = new((method, parameters) => method switch
        {
            "eth_getCode" => flushed is null ? "0x" : "0x60",
            "eth_call" => balance,
            "eth_getBlockByNumber" => Header(parameters[0].GetString()!),
            "eth_getLogs" => new[] { Flush(flushed!.Value) },
            _ => throw new ArgumentException(method),
        });
        TokenHolder holder = new(Holder, DateTimeOffset.UnixEpoch, _ => Task.FromResult(new KnownTokens(recorded, ignored)));
        return node.Evm(Token).FindTokensAsync([holder], Head, CancellationToken.None);
    }

    private static object Header(string number) => new
    {
        number,
        hash = Word(7),
        parentHash = Word(6),
        timestamp = "0x1",
        transactions = Array.Empty<object>(),
        logsBloom = "0x" + new string('0', 512),
    };

    private static object Flush(int amount) => new
    {
        address = Holder,
        topics = new[] { Word(1), Word(2) },
        data = Word(amount),
        blockNumber = "0x7",
        blockHash = Word(7),
        transactionHash = Word(8),
        logIndex = "0x0",
        removed = false,
    };

    private static string Word(BigInteger number) => "0x" + number.ToString("x64")[^64..];
}
