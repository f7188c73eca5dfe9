using System.Numerics;
using CoinPay.Core;

namespace CoinPay.Chains.Evm;

/// <summary>Native coin that contracts sent to an address within one transaction.</summary>
internal sealed record TracedPayment(string TransactionHash, string From, BigInteger Amount);

/// <summary>
/// Reads the calls within a block's transactions, from nodes that support tracing: Geth's <c>debug_traceBlockByHash</c>
/// with its <c>callTracer</c>, or <c>trace_block</c> as in Erigon, Nethermind and Reth.
/// </summary>
internal sealed class EvmTraces(JsonRpc rpc)
{
    /// <summary>
    /// Returns payments to an address by contracts, excluding a transaction's own recipient. Empty if the node does not
    /// trace: many providers offer no tracing, and a trace can be too large or too slow.
    /// </summary>
    public async Task<IReadOnlyList<TracedPayment>> ReadAsync(
        BlockReference block, string recipient, CancellationToken cancellation)
    {
        try
        {
            return await ReadCallsAsync(block, recipient, cancellation);
        }
        catch (ChainUnknownException)
        {
            return await TryReadTracesAsync(block, recipient, cancellation);
        }
    }

    private async Task<IReadOnlyList<TracedPayment>> ReadCallsAsync(
        BlockReference block, string recipient, CancellationToken cancellation)
    {
        TracedTransaction[] transactions = await rpc.CallAsync<TracedTransaction[]>(
            "debug_traceBlockByHash", cancellation, block.Hash, new { tracer = "callTracer" });
        return
        [
            .. from transaction in transactions
               where transaction is { Result: not null, TxHash: not null }
               let payments = Inner(transaction.Result!).Where(call => IsTo(call.To, call.Value, recipient)).ToList()
               where payments.Count > 0
               select new TracedPayment(
                   transaction.TxHash!.ToLowerInvariant(),
                   payments[0].From.ToLowerInvariant(),
                   Sum(payments.Select(call => call.Value))),
        ];
    }

    /// <summary>
    /// Returns calls that took effect, below the transaction's own; a failed call undoes all calls below it.
    /// </summary>
    private static IEnumerable<TracedCall> Inner(TracedCall call) => call.Error is not null
        ? []
        : (call.Calls ?? []).Where(inner => inner.Error is null)
            .SelectMany(inner => Inner(inner).Prepend(inner))
            .Where(inner => inner.Type is "CALL" or "SELFDESTRUCT" or "CREATE" or "CREATE2");

    private async Task<IReadOnlyList<TracedPayment>> TryReadTracesAsync(
        BlockReference block, string recipient, CancellationToken cancellation)
    {
        try
        {
            Trace[] traces = await rpc.CallAsync<Trace[]>("trace_block", cancellation, Quantity.Hex(block.Height));
            return
            [
                .. from trace in traces
                   where trace.BlockHash == block.Hash && trace.TransactionHash is not null
                   group trace by trace.TransactionHash into transaction
                   let failed = transaction.Where(trace => trace.Error is not null).Select(trace => trace.TraceAddress).ToList()
                   let payments = transaction.Where(trace => IsPayment(trace, recipient, failed)).ToList()
                   where payments.Count > 0
                   select new TracedPayment(
                       transaction.Key.ToLowerInvariant(),
                       (payments[0].Action.From ?? payments[0].Action.Address!).ToLowerInvariant(),
                       Sum(payments.Select(trace => trace.Action.Value ?? trace.Action.Balance))),
            ];
        }
        catch (ChainUnknownException)
        {
            return [];
        }
    }

    private static bool IsPayment(Trace trace, string recipient, List<int[]> failed) =>
        trace.TraceAddress.Length > 0
        && !failed.Exists(above => trace.TraceAddress.AsSpan().StartsWith(above))
        && (trace.Type == "suicide"
            ? IsTo(trace.Action.RefundAddress, trace.Action.Balance, recipient)
            : trace is { Type: "call", Action.CallType: "call" } && IsTo(trace.Action.To, trace.Action.Value, recipient));

    private static bool IsTo(string? to, string? value, string recipient) =>
        string.Equals(to, recipient, StringComparison.OrdinalIgnoreCase) && !Amount(value).IsZero;

    private static BigInteger Sum(IEnumerable<string?> values) =>
        values.Aggregate(BigInteger.Zero, (sum, value) => sum + Amount(value));

    private static BigInteger Amount(string? value) => value is null ? BigInteger.Zero : Quantity.Number(value);

    private sealed record TracedTransaction(string? TxHash = null, TracedCall? Result = null);

    private sealed record TracedCall(
        string Type,
        string From,
        string? To = null,
        string? Value = null,
        string? Error = null,
        TracedCall[]? Calls = null);

    private sealed record Trace(
        string Type,
        TracedAction Action,
        int[] TraceAddress,
        string? BlockHash = null,
        string? TransactionHash = null,
        string? Error = null);

    private sealed record TracedAction(
        string? From = null,
        string? To = null,
        string? Value = null,
        string? CallType = null,
        string? Address = null,
        string? RefundAddress = null,
        string? Balance = null);
}
