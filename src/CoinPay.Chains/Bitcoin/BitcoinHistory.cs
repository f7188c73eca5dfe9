using System.Text.Json;

namespace CoinPay.Chains.Bitcoin;

/// <summary>
/// Searches the past with the node's block filters (BIP 157, BIP 158): <c>scanblocks</c>, which needs Bitcoin Core 25 and
/// <c>-blockfilterindex=1</c>. Without them, as in Litecoin Core 0.21, <c>scantxoutset</c> shows what is still unspent.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="rpc">Its node.</param>
/// <param name="recipientOf">Returns an address's recipient.</param>
/// <param name="readBlocks">Reads blocks of the best chain by their hashes.</param>
internal sealed class BitcoinHistory(
    Network network,
    JsonRpc rpc,
    Func<string, string> recipientOf,
    Func<string[], Func<string, bool>, CancellationToken, Task<IEnumerable<ChainBlock>>> readBlocks)
{
    /// <summary>A node needs seconds for the filters of so many full blocks.</summary>
    private const int BlocksPerPart = 10_000;

    /// <summary>The largest number of matching blocks that are read for one part.</summary>
    private const int MaxMatches = 40;
    private const int BlocksPerBatch = 4;
    private const int UnknownMethod = -32601;
    private const string IndexName = "basic block filter index";

    public async Task<HistoryPart> ReadAsync(IReadOnlyList<string> addresses, long from, CancellationToken cancellation)
    {
        RpcAnswer<JsonElement>[] answers = await rpc.BatchAsync<JsonElement>(
            [new RpcCall("getblockcount"), new RpcCall("getindexinfo", IndexName)], cancellation);
        long head = rpc.Read<long>(rpc.ResultOf(answers[0], "getblockcount"));
        string[] wanted = [.. addresses.Select(address => $"addr({address})")];
        if (answers[1].Error is not null || answers[1].Result.ValueKind != JsonValueKind.Object
            || !answers[1].Result.TryGetProperty(IndexName, out JsonElement index))
            return await ReadUnspentAsync(addresses, wanted, cancellation);
        if (!rpc.Read<FilterIndex>(index).Synced)
            throw new ChainUnknownException(network.Name, "the node is still building its block filter index");
        long to = Math.Min(head, from + BlocksPerPart - 1);
        if (to < from)
            return new([], Next: null, IsWhole: true);
        RpcAnswer<JsonElement>[] scanned = await rpc.BatchAsync<JsonElement>(
            [new RpcCall("scanblocks", "start", wanted, from, to, "basic", new { filter_false_positives = true })], cancellation);
        if (scanned[0].Error is { Code: UnknownMethod })
            return await ReadUnspentAsync(addresses, wanted, cancellation);
        ScannedBlocks found = rpc.Read<ScannedBlocks>(rpc.ResultOf(scanned[0], "scanblocks"));
        return found.Completed
            ? await ReadMatchesAsync(addresses, found.RelevantBlocks, to, head, cancellation)
            : throw new ChainUnknownException(network.Name, "the node stopped its search");
    }

    private async Task<HistoryPart> ReadMatchesAsync(
        IReadOnlyList<string> addresses, string[] matches, long to, long head, CancellationToken cancellation)
    {
        Dictionary<string, int> positions = PositionsOf(addresses);
        HashSet<int> paid = [];
        long last = to;
        foreach (string[] chunk in matches.Take(MaxMatches).Chunk(BlocksPerBatch))
            foreach (ChainBlock block in await readBlocks(chunk, positions.ContainsKey, cancellation))
            {
                paid.UnionWith(block.Transfers.Select(transfer => positions[transfer.Recipient]));
                last = block.Height;
            }
        long next = (matches.Length > MaxMatches ? last : to) + 1;
        return new([.. paid], next > head ? null : next, IsWhole: true);
    }

    private async Task<HistoryPart> ReadUnspentAsync(
        IReadOnlyList<string> addresses, string[] wanted, CancellationToken cancellation)
    {
        // It takes minutes on a live chain, and proves too little there.
        if (network.Livemode)
            return new([], Next: null, IsWhole: false);
        UnspentOutputs found = await rpc.CallAsync<UnspentOutputs>("scantxoutset", cancellation, "start", wanted);
        Dictionary<string, int> positions = PositionsOf(addresses);
        IEnumerable<string> scripts = found.Unspents.Select(output => output.ScriptPubKey).Where(positions.ContainsKey);
        return new([.. scripts.Select(script => positions[script]).Distinct()], Next: null, IsWhole: false);
    }

    private Dictionary<string, int> PositionsOf(IReadOnlyList<string> addresses) =>
        addresses.Index().ToDictionary(one => recipientOf(one.Item), one => one.Index, StringComparer.Ordinal);
}
