using System.Globalization;
using CoinPay.Chains.Bitcoin;
using CoinPay.Testing.Chains;
using Xunit;

namespace CoinPay.Chains.Tests;

/// <summary>What a node can say about the past of addresses, and what it cannot.</summary>
public sealed class BitcoinHistoryTests
{
    private const string Address = "bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk";
    private readonly Dictionary<string, object?> _answers = new(StringComparer.Ordinal)
    {
        ["getblockcount"] = 25_000,
        ["getindexinfo"] = new Dictionary<string, object> { ["basic block filter index"] = new { synced = true, best_block_height = 25_000 } },
        ["scanblocks"] = new { completed = true, relevant_blocks = Array.Empty<string>() },
        ["scantxoutset"] = new { success = true, unspents = Array.Empty<object>() },
    };

    private readonly List<string> _asked = [];

    [Theory]
    [InlineData(0, 10_000L)]
    [InlineData(10_000, 20_000L)]
    [InlineData(20_000, null)]
    [InlineData(25_001, null)]
    public async Task The_filters_are_searched_in_parts_up_to_the_head(long from, long? next)
    {
        HistoryPart part = await ReadAsync(from);
        Assert.Equal((next, true), (part.Next, part.IsWhole));
        Assert.Empty(part.Paid);
    }

    [Fact]
    public async Task A_part_with_many_matching_blocks_ends_at_the_last_that_was_read()
    {
        string[] hashes = [.. Enumerable.Range(100, 60).Select(height => height.ToString(CultureInfo.InvariantCulture))];
        _answers["scanblocks"] = new { completed = true, relevant_blocks = hashes };
        HistoryPart part = await ReadAsync(0);
        Assert.Equal([0], part.Paid);
        Assert.Equal(140, part.Next);
    }

    [Fact]
    public async Task An_index_that_is_not_built_yet_or_a_search_that_was_stopped_is_unknown()
    {
        _answers["scanblocks"] = new { completed = false, relevant_blocks = Array.Empty<string>() };
        await Assert.ThrowsAsync<ChainUnknownException>(() => ReadAsync(0));
        _answers["getindexinfo"] = new Dictionary<string, object> { ["basic block filter index"] = new { synced = false, best_block_height = 7 } };
        await Assert.ThrowsAsync<ChainUnknownException>(() => ReadAsync(0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_filters_only_what_is_unspent_is_evidence(bool hasIndex)
    {
        if (hasIndex)
            _answers["scanblocks"] = new FakeNode.Refused(-32601, "Method not found");
        else
            _answers["getindexinfo"] = new { };
        HistoryPart empty = await ReadAsync(0);
        Assert.Equal((null, false), (empty.Next, empty.IsWhole));
        string script = new FakeNode(static (_, _) => null).Bitcoin().RecipientOf(Address);
        _answers["scantxoutset"] = new { success = true, unspents = new[] { new { scriptPubKey = script }, new { scriptPubKey = script } } };
        Assert.Equal([0], (await ReadAsync(0)).Paid);
    }

    [Fact]
    public async Task A_live_chain_without_filters_is_not_searched_for_minutes()
    {
        _answers["getindexinfo"] = new { };
        Network live = TestNetworks.Bitcoin() with { Livemode = true };
        using HttpClient http = new(new FakeNode(Answer), disposeHandler: true);
        BitcoinChain chain = new(live, http, null, TimeProvider.System);
        Assert.False((await chain.ReadHistoryAsync([Address], 0, CancellationToken.None)).IsWhole);
        Assert.DoesNotContain("scantxoutset", _asked);
    }

    private Task<HistoryPart> ReadAsync(long from) =>
        new FakeNode(Answer).Bitcoin().ReadHistoryAsync([Address], from, CancellationToken.None);

    private object? Answer(string method, System.Text.Json.JsonElement parameters)
    {
        _asked.Add(method);
        if (method != "getblock")
            return _answers[method];
        string hash = parameters[0].GetString()!;
        string script = new FakeNode(static (_, _) => null).Bitcoin().RecipientOf(Address);
        object output = new { value = 1, n = 0, scriptPubKey = new { hex = script } };
        return new
        {
            hash,
            height = long.Parse(hash, CultureInfo.InvariantCulture),
            confirmations = 1,
            time = 1_700_000_000,
            tx = new[] { new { txid = "aa", vout = new[] { output } } },
        };
    }
}
