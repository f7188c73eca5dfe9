using System.Text.Json;

namespace CoinPay.Chains.Evm;

/// <summary>
/// A transaction that carries the chain's coin to one of our addresses, and the block in which it was read.
/// </summary>
internal sealed record NativeTransfer(string BlockHash, ChainTransfer Transfer);

/// <summary>The transfers that happened in some blocks, from logs and receipts, by block.</summary>
internal sealed class Found(
    Network network, IReadOnlyList<NativeTransfer> succeeded, ILookup<string, EvmLog> logsByBlock)
{
    public IReadOnlyList<ChainTransfer> Of(EvmBlock block, Func<string, bool> isWatched) =>
    [
        .. succeeded.Where(native => native.BlockHash == block.Hash).Select(native => native.Transfer),
        .. TokenTransfers(logsByBlock[block.Hash], isWatched),
    ];

    /// <summary>Whether the token also logs a transfer from this address in the block.</summary>
    public bool HasSent(string blockHash, string token, string from) => logsByBlock[blockHash].Any(
        log => TransferLog.Read(log) is { } transfer
            && transfer.From == from
            && transfer.Token.Equals(token, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// The ordinal counts transfers within (transaction, token, recipient) in log order. That order stays the same in any
    /// block that the transaction is mined in; a log's index does not.
    /// </summary>
    private IEnumerable<ChainTransfer> TokenTransfers(IEnumerable<EvmLog> logs, Func<string, bool> isWatched)
    {
        Dictionary<(string, string, string), int> counts = [];
        foreach (EvmLog log in logs.OrderBy(log => Quantity.Height(log.LogIndex)))
        {
            if (TransferLog.Read(log) is not { } transfer || !isWatched(transfer.To))
                continue;
            NetworkAsset? listed = network.Assets.FirstOrDefault(
                asset => string.Equals(asset.Contract, transfer.Token, StringComparison.OrdinalIgnoreCase));
            if (listed is null)
                continue;
            if (transfer.Amount.IsZero)
            {
                // Anyone can emit a zero transfer from any address, to place a look-alike address in the victim's history.
                IgnoredTransfers.Count(network.Name, IgnoredTransfers.ZeroValue);
                continue;
            }
            string hash = log.TransactionHash.ToLowerInvariant();
            (string, string, string) same = (hash, transfer.Token, transfer.To);
            int ordinal = counts[same] = counts.GetValueOrDefault(same, -1) + 1;
            yield return new ChainTransfer(
                listed.Asset, transfer.To, transfer.From, hash, $"{transfer.Token}.{ordinal}", transfer.Amount)
            {
                IsAmbiguous = transfer.Amount > listed.PlausibleSupply,
            };
        }
    }
}

/// <summary>
/// Reads Transfer logs of the listed contracts. Near the head it reads by block hash, so that the answer is for exactly
/// that block or an error; deep blocks are read by range, which is halved whenever the provider refuses it. No answer is
/// believed to be complete without evidence (<see cref="OmittedLogs"/>). Source: EIP-234 (blockHash); the limits of providers
/// differ and change.
/// </summary>
internal sealed class EvmLogReader(Network network, JsonRpc rpc)
{
    private const int LargestSpan = 2_000;
    private readonly string[] _contracts = [.. network.Assets.Select(asset => asset.Contract).OfType<string>()];

    private readonly OmittedLogs _omitted = new(
        network, rpc, [.. network.Assets.Select(asset => asset.Contract).OfType<string>()]);

    /// <summary>
    /// The number of blocks that the provider accepted at once; networks are read one poll at a time.
    /// </summary>
    private int _span = LargestSpan;

    /// <summary>Returns the logs of these blocks, and the native transfers whose receipts report success.</summary>
    public async Task<Found> ReadAsync(
        EvmBlock[] blocks, long byHashAbove, IReadOnlyList<NativeTransfer> natives, CancellationToken cancellation)
    {
        EvmBlock[] read = _contracts.Length == 0 ? [] : blocks;
        EvmBlock[] near = [.. read.Where(block => block.Height > byHashAbove)];
        RpcCall[] calls =
        [
            .. near.Select(block => LogsCall(new { blockHash = block.Hash, address = _contracts, topics = Topics })),
            .. natives.Select(native => new RpcCall("eth_getTransactionReceipt", native.Transfer.TransactionHash)),
        ];
        RpcAnswer<JsonElement>[] answers =
            calls.Length == 0 ? [] : await rpc.BatchAsync<JsonElement>(calls, cancellation);
        List<EvmLog> logs = [];
        for (int i = 0; i < near.Length; i++)
            logs.AddRange(LogsOf(answers[i], near[i].Hash));
        logs.AddRange(await ReadRangeAsync([.. read.Where(block => block.Height <= byHashAbove)], cancellation));
        NativeTransfer[] succeeded = [.. natives.Where((native, i) => Succeeded(native, answers[near.Length + i]))];
        IReadOnlyList<EvmLog> all = await _omitted.AddToAsync(EvmLogs.Unique(network.Name, logs), read, cancellation);
        return new Found(network, succeeded, all.ToLookup(log => log.BlockHash, StringComparer.Ordinal));
    }

    private EvmLog[] LogsOf(RpcAnswer<JsonElement> answer, string blockHash)
    {
        EvmLog[] logs = rpc.Read<EvmLog[]>(rpc.ResultOf(answer, "eth_getLogs"));
        return logs.All(log => log.BlockHash == blockHash)
            ? logs
            : throw new ChainUnknownException(network.Name, "logs of a block other than the requested one");
    }

    /// <summary>Halves the range if the provider refuses it; otherwise tries one more block.</summary>
    private async Task<List<EvmLog>> ReadRangeAsync(EvmBlock[] blocks, CancellationToken cancellation)
    {
        List<EvmLog> logs = [];
        for (int at = 0; at < blocks.Length;)
        {
            int count = Math.Min(_span, blocks.Length - at);
            EvmLog[]? read = await TryReadRangeAsync(blocks.AsMemory(at, count), cancellation);
            if (read is null)
            {
                _span = count / 2;
                continue;
            }
            logs.AddRange(read);
            at += count;
            _span = Math.Min(LargestSpan, count == _span ? count + 1 : _span);
        }
        return logs;
    }

    /// <summary>Returns null if the provider refuses more than one block at once.</summary>
    private async Task<EvmLog[]?> TryReadRangeAsync(ReadOnlyMemory<EvmBlock> blocks, CancellationToken cancellation)
    {
        RpcCall call = LogsCall(new
        {
            fromBlock = blocks.Span[0].Number,
            toBlock = blocks.Span[^1].Number,
            address = _contracts,
            topics = Topics,
        });
        RpcAnswer<EvmLog[]>[] answers = await rpc.BatchAsync<EvmLog[]>([call], cancellation);
        if (answers[0].Error is not null && blocks.Length > 1)
            return null;
        EvmLog[] logs = rpc.ResultOf(answers[0], "eth_getLogs");
        HashSet<string> hashes = [.. blocks.ToArray().Select(block => block.Hash)];
        return logs.All(log => hashes.Contains(log.BlockHash))
            ? logs
            : throw new ChainUnknownException(network.Name, "logs of blocks other than those read before");
    }

    private bool Succeeded(NativeTransfer native, RpcAnswer<JsonElement> answer)
    {
        EvmReceipt receipt = rpc.Read<EvmReceipt>(rpc.ResultOf(answer, "eth_getTransactionReceipt"));
        return receipt.BlockHash == native.BlockHash
            ? receipt.Status == "0x1"
            : throw new ChainUnknownException(network.Name, $"{native.Transfer.TransactionHash} moved to another block in the meantime");
    }

    private static string[] Topics => [TransferLog.Topic];

    private static RpcCall LogsCall(object filter) => new("eth_getLogs", filter);
}
