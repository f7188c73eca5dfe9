using System.Text.Json;

namespace CoinPay.Chains.Bitcoin;

/// <summary>
/// Asks the node, once for each unconfirmed payment of ours, what it descends from and what it pays miners. A payment can be
/// taken without a block only if nothing among its unconfirmed ancestors is contested and a block will hold it soon.
/// Sources: `help getmempoolentry`, `getmempoolancestors` and `estimatesmartfee`, the same in Bitcoin Core and Litecoin Core 0.21.
/// </summary>
internal sealed class MempoolTrust(Network network, JsonRpc rpc, Mempool mempool)
{
    private const int PaymentsPerBatch = 50;

    /// <summary>The number of blocks within which the payment should be mined, the default of Bitcoin Core's own wallet.</summary>
    private const int BlocksToWait = 6;
    private const string EstimateMode = "economical";
    private const int BytesPerFeeRate = 1_000;

    public async Task JudgeAsync(MempoolInfo info, Func<string, bool> isWatched, CancellationToken cancellation)
    {
        string[] payments = mempool.Unjudged(isWatched);
        if (payments.Length == 0)
            return;
        decimal? least = await ReadLeastFeeRateAsync(info, cancellation);
        foreach (string[] chunk in payments.Chunk(PaymentsPerBatch))
        {
            RpcAnswer<JsonElement>[] answers = await rpc.BatchAsync<JsonElement>(
                [
                    .. chunk.Select(id => new RpcCall("getmempoolentry", id)),
                    .. chunk.Select(id => new RpcCall("getmempoolancestors", id)),
                ],
                cancellation);
            for (int i = 0; i < chunk.Length; i++)
            {
                // If it left the mempool in the meantime, nothing is known about it without a block.
                MempoolEntry? entry = Find<MempoolEntry>(answers[i], JsonValueKind.Object);
                string[]? ancestors = Find<string[]>(answers[chunk.Length + i], JsonValueKind.Array);
                DateTimeOffset? enteredAt = entry?.Time is { } time ? DateTimeOffset.FromUnixTimeSeconds(time) : null;
                mempool.Judge(chunk[i], ancestors, FeeRateOf(entry) >= least, enteredAt);
            }
        }
    }

    private T? Find<T>(RpcAnswer<JsonElement> answer, JsonValueKind kind)
        where T : class =>
        answer.Error is null && answer.Result.ValueKind == kind ? rpc.Read<T>(answer.Result) : null;

    /// <summary>
    /// Returns what a payment must pay to be mined soon; null if the node cannot tell. A regtest node never can, so there what the
    /// node relays is sufficient.
    /// </summary>
    private async Task<decimal?> ReadLeastFeeRateAsync(MempoolInfo info, CancellationToken cancellation)
    {
        RpcAnswer<JsonElement>[] answers = await rpc.BatchAsync<JsonElement>(
            [new RpcCall("estimatesmartfee", BlocksToWait, EstimateMode)], cancellation);
        decimal? estimate = Find<FeeEstimate>(answers[0], JsonValueKind.Object)?.FeeRate
            ?? (network.Chain == "regtest" ? info.MinRelayTxFee : null);
        return estimate is { } rate && info is { MempoolMinFee: { } minimum, MinRelayTxFee: { } relayed }
            ? Math.Max(rate, Math.Max(minimum, relayed))
            : null;
    }

    /// <summary>
    /// Returns the lower of its own fee rate and that of it and its ancestors together: it is mined after them, and at best with them.
    /// </summary>
    private static decimal? FeeRateOf(MempoolEntry? entry) =>
        entry is { VSize: { } size and > 0, AncestorSize: { } all and > 0, Fees: { Base: { } fee, Ancestor: { } fees } }
            ? Math.Min(fee / size, fees / all) * BytesPerFeeRate
            : null;
}
