using System.Numerics;
using System.Text.Json;
using Nethereum.Hex.HexConvertors.Extensions;
using Nethereum.Model;
using Nethereum.Signer;
using Nethereum.Util;

namespace CoinPay.Chains.Evm;

/// <summary>
/// Gets one transaction of the gas wallet mined. It always takes the account's next nonce, so it replaces whatever still
/// waits there, and of all that were ever sent with a nonce the chain takes one: neither a crash, a retry nor a second
/// process can do the same thing twice.
/// </summary>
internal sealed class GasWalletTransaction(
    Network network, JsonRpc rpc, string privateKey, string address, IGasWalletTurn turn, TimeProvider time)
{
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    /// <summary>After this time the market is looked at again: if the price has risen, so must the offer.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(30);

    /// <summary>A provider's servers do not all see a block at once.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReceiptInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Estimates are for the current state; a forwarder might have to be deployed by then.</summary>
    private const int GasReservePercent = 125;

    /// <summary>A called contract can use 63/64 of its caller's gas (EIP-150), here through three levels.</summary>
    private const int MinReservePercent = 110;

    /// <summary>The most that one transaction can take. Source: EIP-7825.</summary>
    private static readonly BigInteger MaxGas = 1 << 24;

    /// <summary>The default is what most nodes return for eth_maxPriorityFeePerGas on a quiet chain, 1 gwei.</summary>
    private static readonly BigInteger DefaultPriorityFee = 1_000_000_000;

    private const int MaxHashes = 20;

    private readonly List<string> _hashes = [];
    private BigInteger? _nonce;
    private GasCall? _call;

    /// <summary>The fees that wait at the nonce, this call's or an earlier one's.</summary>
    private GasFees? _offered;

    /// <summary>What this call has sent last.</summary>
    private string? _signed;

    /// <summary>See the wallet's own method, which this carries out.</summary>
    public async Task<JsonElement?> RunAsync(
        string? onceId, Func<CancellationToken, Task<GasCall?>> plan, CancellationToken cancellation)
    {
        if (onceId is not null && turn.Note is { } note && note.OnceId == onceId)
            _hashes.AddRange(note.Hashes);
        for (long started = time.GetTimestamp(); time.GetElapsedTime(started) < LongestWait;)
        {
            BigInteger next = await NextNonceAsync(cancellation);
            if (next != _nonce)
            {
                bool isLastMined = _nonce is not null || turn.Note?.Nonce < next;
                if (await ReceiptAsync(isLastMined ? Settling : TimeSpan.Zero, cancellation) is { } mined)
                    return mined;
                if (await plan(cancellation) is not { } call)
                    return null;
                if (isLastMined)
                    _hashes.Clear();
                Begin(next, call);
            }
            bool isWaiting = await OfferAsync(onceId, cancellation);
            if (await ReceiptAsync(isWaiting ? Round : ReceiptInterval, cancellation) is { } receipt)
                return receipt;
        }
        throw new TransactionPendingException(network.Name, _hashes.LastOrDefault());
    }

    private void Begin(BigInteger nonce, GasCall call)
    {
        (_nonce, _call, _signed) = (nonce, call, null);
        _offered = turn.Note is { } note && note.Nonce == nonce ? note.Fees : null;
    }

    /// <summary>Returns whether something of this call waits to be mined; otherwise it is to be tried again.</summary>
    private async Task<bool> OfferAsync(string? onceId, CancellationToken cancellation)
    {
        if (await ReadAsync(cancellation) is not (var market, var gas))
            return false;
        if (_signed is not null && market.IsCoveredBy(_offered!))
            return await RepeatAsync(_signed, cancellation);
        if (market.Price > network.MaxGasPrice)
            return _hashes.Count > 0 ? true : throw new GasTooExpensiveException(network.Name, market.Price, network.MaxGasPrice);
        GasFees fees = (_offered is null ? market.Fees : market.Fees.AtLeast(_offered.Raised)).Within(network.MaxGasPrice);
        GasWalletNote? before = turn.Note;
        string signed = Sign(fees, gas);
        string hash = Sha3Keccack.Current.CalculateHash(signed.HexToByteArray()).ToHex(prefix: true);
        await turn.WriteAsync(
            new(_nonce!.Value, fees, onceId, [.. _hashes.Append(hash).TakeLast(MaxHashes)]), cancellation);
        RpcError? refused = await BroadcastAsync(signed, cancellation);
        _offered = fees;
        if (refused is null)
        {
            _hashes.Add(hash);
            _signed = signed;
            return true;
        }
        if (IsUnderpriced(refused))
            // At the limit nothing is left but to wait for what is there already: it pays as much.
            return fees.Max >= network.MaxGasPrice;
        if (IsMinedBefore(refused))
            return false;
        // Nothing waits for these fees, so nobody has to outbid them.
        await turn.WriteAsync(before ?? new(_nonce.Value, GasFees.None, null, []), cancellation);
        throw new TransactionFailedException($"{network.Name} refused the transaction: {refused.Message}");
    }

    /// <summary>A node forgets transactions, and another server of the provider might never have known this one.</summary>
    private async Task<bool> RepeatAsync(string signed, CancellationToken cancellation)
    {
        RpcError? refused = await BroadcastAsync(signed, cancellation);
        if (refused is not null && IsUnderpriced(refused))
            _signed = null;
        return refused is null;
    }

    /// <summary>Returns null if the node has the transaction, otherwise why it has not.</summary>
    private async Task<RpcError?> BroadcastAsync(string signed, CancellationToken cancellation)
    {
        RpcAnswer<string>[] sent = await rpc.BatchAsync<string>(
            [new RpcCall("eth_sendRawTransaction", signed.EnsureHexPrefix())], cancellation);
        return sent[0].Error is { } error && !Says(error, "already known", "AlreadyKnown", "already imported", "known transaction")
            ? error
            : null;
    }

    private static bool IsUnderpriced(RpcError error) => Says(error, "underpriced", "ReplacementNotAllowed", "FeeTooLow");

    private static bool IsMinedBefore(RpcError error) => Says(error, "nonce too low", "OldNonce");

    /// <summary>Geth, Erigon, Besu, reth and anvil differ in capitals; Nethermind has words of its own.</summary>
    private static bool Says(RpcError error, params ReadOnlySpan<string> words)
    {
        foreach (string word in words)
            if (error.Message?.Contains(word, StringComparison.OrdinalIgnoreCase) == true)
                return true;
        return false;
    }

    /// <summary>What gas costs and how much of it the call takes; null if the nonce was taken in the meantime.</summary>
    private async Task<(GasMarket Market, BigInteger Gas)?> ReadAsync(CancellationToken cancellation)
    {
        RpcAnswer<JsonElement>[] answers = await rpc.BatchAsync<JsonElement>(
            [
                new RpcCall("eth_estimateGas", new { from = address, to = _call!.To, value = Quantity.Hex(_call.Value), data = _call.Data }),
                new RpcCall("eth_getBlockByNumber", "latest", false),
                new RpcCall("eth_maxPriorityFeePerGas"),
                new RpcCall("eth_gasPrice"),
            ],
            cancellation);
        if (answers[0].Error is { } wouldFail)
            return await NextNonceAsync(cancellation) != _nonce
                ? null
                : throw new TransactionFailedException($"{network.Name}: the transaction would fail: {wouldFail.Message}");
        EvmBlock head = rpc.Read<EvmBlock>(rpc.ResultOf(answers[1], "eth_getBlockByNumber"));
        BigInteger priority = answers[2].Error is null ? Number(answers[2]) : DefaultPriorityFee;
        GasMarket market = head.BaseFeePerGas is { } baseFee
            ? GasMarket.Of(Quantity.Number(baseFee), priority, default)
            : GasMarket.Of(null, default, Number(answers[3]));
        return (market, WithReserve(Number(answers[0]) + _call.ExtraGas));
    }

    private BigInteger WithReserve(BigInteger needed) => needed * MinReservePercent / 100 <= MaxGas
        ? BigInteger.Min(needed * GasReservePercent / 100, MaxGas)
        : throw new TransactionFailedException(
            $"{network.Name}: the transaction needs {needed} gas, and one transaction can take {MaxGas}: split it, for instance into fewer invoices");

    private string Sign(GasFees fees, BigInteger gas) => fees.Priority is { } priority
        ? new Transaction1559Signer().SignTransaction(
            privateKey,
            new Transaction1559(network.ChainId, _nonce!.Value, priority, fees.Max, gas, _call!.To, _call.Value, _call.Data, []))
        : new LegacyTransactionSigner().SignTransaction(
            privateKey, new BigInteger(network.ChainId), _call!.To, _call.Value, _nonce!.Value, fees.Max, gas, _call.Data);

    /// <summary>The number of the account's mined transactions.</summary>
    private async Task<BigInteger> NextNonceAsync(CancellationToken cancellation) =>
        Quantity.Number(await rpc.CallAsync<string>("eth_getTransactionCount", cancellation, address, "latest"));

    private BigInteger Number(RpcAnswer<JsonElement> answer) => Quantity.Number(rpc.Read<string>(rpc.ResultOf(answer, "a number")));

    /// <summary>Waits for the receipt of one of those that were sent; returns null if none is mined by then.</summary>
    /// <exception cref="TransactionFailedException">It was mined and failed.</exception>
    private async Task<JsonElement?> ReceiptAsync(TimeSpan longest, CancellationToken cancellation)
    {
        if (_hashes.Count == 0)
        {
            if (_nonce is not null)
                await Task.Delay(longest, time, cancellation);
            return null;
        }
        for (long started = time.GetTimestamp(); ;)
        {
            RpcAnswer<JsonElement>[] answers = await rpc.BatchAsync<JsonElement>(
                [.. _hashes.TakeLast(MaxHashes).Select(hash => new RpcCall("eth_getTransactionReceipt", hash))], cancellation);
            if (Array.Find(answers, answer => answer.Result.ValueKind == JsonValueKind.Object)?.Result is { } receipt)
                return rpc.Read<EvmReceipt>(receipt).Status == "0x1"
                    ? receipt
                    : throw new TransactionFailedException(
                        $"{network.Name}: transaction {receipt.GetProperty("transactionHash")} was mined and failed");
            if (time.GetElapsedTime(started) >= longest)
                return null;
            await Task.Delay(ReceiptInterval, time, cancellation);
        }
    }
}
