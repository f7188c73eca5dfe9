using System.Text.Json;

namespace CoinPay.Chains.Evm;

/// <summary>
/// A node can answer <c>eth_getLogs</c> with nothing although the block has logs: its index is behind or broken, or a proxy
/// cut the list. So "no log of this token" needs evidence: the block's bloom does not hold the token and the topic, or the
/// block's receipts show no such log. Without evidence the block is unread.
/// </summary>
internal sealed class OmittedLogs(Network network, JsonRpc rpc, IReadOnlyList<string> contracts)
{
    private const int ReceiptsPerBatch = 100;

    private static readonly LogsBloom.Entry Topic = new(TransferLog.Topic);

    private readonly (string Contract, LogsBloom.Entry Entry)[] _tokens =
        [.. contracts.Select(contract => (contract, new LogsBloom.Entry(contract)))];

    /// <summary>Returns the logs, with those that receipts show of blocks where a token's absence has no evidence.</summary>
    public async Task<IReadOnlyList<EvmLog>> AddToAsync(
        IReadOnlyList<EvmLog> logs, IReadOnlyList<EvmBlock> blocks, CancellationToken cancellation)
    {
        ILookup<string, EvmLog> byBlock = logs.ToLookup(log => log.BlockHash, StringComparer.Ordinal);
        List<EvmLog> all = [.. logs];
        foreach (EvmBlock block in blocks.Where(block => IsDoubtful(block, byBlock[block.Hash])))
        {
            EvmLog[] shown = [.. (await ReceiptLogsAsync(block, cancellation)).Where(IsOurs)];
            EvmLog[] both = EvmLogs.Unique(network.Name, [.. shown, .. byBlock[block.Hash]]);
            int omitted = both.Length - byBlock[block.Hash].Count();
            if (omitted == 0)
                continue;
            NodeFaults.Count(network.Name, NodeFaults.OmittedLogs);
            all.RemoveAll(log => log.BlockHash == block.Hash);
            all.AddRange(both);
        }
        return all;
    }

    private bool IsDoubtful(EvmBlock block, IEnumerable<EvmLog> logs)
    {
        if (block.Transactions.GetArrayLength() == 0)
            return false;
        LogsBloom bloom = new(block.LogsBloom);
        return bloom.MayHold(Topic) && _tokens.Any(token => bloom.MayHold(token.Entry) && !logs.Any(log => IsOf(log, token.Contract)));
    }

    private bool IsOurs(EvmLog log) =>
        log.Topics is [TransferLog.Topic, ..] && contracts.Any(contract => IsOf(log, contract));

    private static bool IsOf(EvmLog log, string contract) => string.Equals(log.Address, contract, StringComparison.OrdinalIgnoreCase);

    private async Task<IEnumerable<EvmLog>> ReceiptLogsAsync(EvmBlock block, CancellationToken cancellation)
    {
        string[] hashes = [.. block.Transactions.EnumerateArray().Select(HashOf)];
        EvmReceipt[] receipts = await ReceiptsAsync(block, hashes, cancellation);
        bool isWhole = receipts.All(receipt => receipt.BlockHash == block.Hash && receipt.Logs is not null)
            && receipts.Select(receipt => receipt.TransactionHash).ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(hashes);
        return isWhole
            ? receipts.SelectMany(receipt => receipt.Logs!)
            : throw new ChainUnknownException(network.Name, $"the receipts of block {block.Hash} are incomplete");
    }

    /// <summary>In one call if the node has it, otherwise one by one.</summary>
    private async Task<EvmReceipt[]> ReceiptsAsync(EvmBlock block, string[] hashes, CancellationToken cancellation)
    {
        RpcAnswer<EvmReceipt[]>[] whole = await rpc.BatchAsync<EvmReceipt[]>([new("eth_getBlockReceipts", block.Hash)], cancellation);
        if (whole[0].Result is { } receipts)
            return receipts;
        List<EvmReceipt> single = [];
        foreach (string[] chunk in hashes.Chunk(ReceiptsPerBatch))
        {
            RpcAnswer<EvmReceipt>[] answers = await rpc.BatchAsync<EvmReceipt>(
                [.. chunk.Select(hash => new RpcCall("eth_getTransactionReceipt", hash))], cancellation);
            single.AddRange(answers.Select(answer => rpc.ResultOf(answer, "eth_getTransactionReceipt")));
        }
        return [.. single];
    }

    private string HashOf(JsonElement transaction) => transaction.ValueKind == JsonValueKind.String
        ? transaction.GetString()!
        : rpc.Read<EvmTransaction>(transaction).Hash;
}
