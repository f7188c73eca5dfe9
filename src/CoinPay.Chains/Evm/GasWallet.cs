using System.Buffers;
using System.Numerics;
using System.Text.Json;
using Nethereum.Hex.HexConvertors.Extensions;
using Nethereum.Model;
using Nethereum.Signer;

namespace CoinPay.Chains.Evm;

/// <summary>
/// A small account that pays the gas for deploying and sweeping forwarders. Its key comes from the secrets seam. It
/// never holds a merchant's money, and nothing it sends can move money anywhere except to a forwarder's settlement
/// address. It sends one transaction at a time, in this process and, through its turns, across all processes.
/// </summary>
public sealed class GasWallet : IDisposable
{
    /// <summary>Estimates are for the current state; a forwarder might have to be deployed by then.</summary>
    private const int GasReservePercent = 125;

    /// <summary>The default is what most nodes return for eth_maxPriorityFeePerGas on a quiet chain, 1 gwei.</summary>
    private static readonly BigInteger DefaultPriorityFee = 1_000_000_000;
    private const int KeyDigits = 64;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");
    private static readonly TimeSpan ReceiptInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(3);

    /// <summary>A turn is longer than the wait for the receipt and the calls before it.</summary>
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMinutes(4);

    private readonly Network _network;
    private readonly JsonRpc _rpc;
    private readonly string _privateKey;
    private readonly IGasWalletTurns _turns;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <param name="network">An EVM network with its node.</param>
    /// <param name="privateKey">32 bytes of hex, with or without <c>0x</c>.</param>
    /// <exception cref="ArgumentException">This is not a private key of secp256k1. The text is never shown.</exception>
    public GasWallet(Network network, HttpClient http, string privateKey, IGasWalletTurns turns, TimeProvider time)
    {
        _network = network;
        _rpc = new JsonRpc(network.Name, network.Rpc, http, null, time);
        _privateKey = IsKey(privateKey)
            ? privateKey
            : throw new ArgumentException("This is not a private key: 32 bytes of hex.", nameof(privateKey));
        (_turns, _time) = (turns, time);
        // Throws on zero and on anything not below the curve's order.
        Address = new EthECKey(privateKey).GetPublicAddress();
    }

    /// <summary>The account to fund with the chain's coin.</summary>
    public string Address { get; }

    /// <summary>Returns the account's balance, in base units.</summary>
    public async Task<BigInteger> ReadBalanceAsync(CancellationToken cancellation) =>
        Quantity.Number(await _rpc.CallAsync<string>("eth_getBalance", cancellation, Address, "latest"));

    /// <summary>Signs and sends a transaction, and waits until it is mined.</summary>
    /// <exception cref="TransactionFailedException">It would fail, or was mined and failed.</exception>
    /// <exception cref="ChainUnknownException">
    /// The node gave no usable answer, or the transaction was not mined in time: it can still be mined later.
    /// </exception>
    public async Task<JsonElement> SendAsync(string to, BigInteger value, string data, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            await using IAsyncDisposable turn = await _turns.TakeAsync(_network.Name, Address, LongestTurn, cancellation);
            string signed = await SignAsync(to, value, data, cancellation);
            RpcAnswer<string>[] sent = await _rpc.BatchAsync<string>(
                [new RpcCall("eth_sendRawTransaction", signed.EnsureHexPrefix())], cancellation);
            if (sent[0].Error is { } refused)
                throw new TransactionFailedException($"{_network.Name} refused the transaction: {refused.Message}");
            return await ReceiptAsync(_rpc.ResultOf(sent[0], "eth_sendRawTransaction"), cancellation);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    /// <summary>
    /// Nethereum accepts a key of any length, so a truncated one would be another account's; and its exception shows a
    /// text that is not hex.
    /// </summary>
    private static bool IsKey(string text)
    {
        ReadOnlySpan<char> digits = text.RemoveHexPrefix();
        return digits.Length == KeyDigits && digits.IndexOfAnyExcept(HexDigits) < 0;
    }

    private async Task<string> SignAsync(string to, BigInteger value, string data, CancellationToken cancellation)
    {
        RpcAnswer<JsonElement>[] answers = await _rpc.BatchAsync<JsonElement>(
            [
                new RpcCall("eth_getTransactionCount", Address, "pending"),
                new RpcCall("eth_estimateGas", new { from = Address, to, value = Quantity.Hex(value), data }),
                new RpcCall("eth_getBlockByNumber", "latest", false),
                new RpcCall("eth_maxPriorityFeePerGas"),
                new RpcCall("eth_gasPrice"),
            ],
            cancellation);
        if (answers[1].Error is { } wouldFail)
            throw new TransactionFailedException($"{_network.Name}: the transaction would fail: {wouldFail.Message}");
        BigInteger nonce = Number(answers[0]), gas = Number(answers[1]) * GasReservePercent / 100;
        EvmBlock head = _rpc.Read<EvmBlock>(_rpc.ResultOf(answers[2], "eth_getBlockByNumber"));
        if (head.BaseFeePerGas is null)
            return new LegacyTransactionSigner().SignTransaction(
                _privateKey, new BigInteger(_network.ChainId), to, value, nonce, Number(answers[4]), gas, data);
        BigInteger priority = answers[3].Error is null ? Number(answers[3]) : DefaultPriorityFee;
        // Twice the base fee: it can rise by an eighth a block, so this stays valid for six full blocks (EIP-1559).
        BigInteger most = Quantity.Number(head.BaseFeePerGas) * 2 + priority;
        return new Transaction1559Signer().SignTransaction(
            _privateKey, new Transaction1559(_network.ChainId, nonce, priority, most, gas, to, value, data, []));
    }

    private BigInteger Number(RpcAnswer<JsonElement> answer) =>
        Quantity.Number(_rpc.Read<string>(_rpc.ResultOf(answer, "a number")));

    private async Task<JsonElement> ReceiptAsync(string hash, CancellationToken cancellation)
    {
        for (long started = _time.GetTimestamp(); _time.GetElapsedTime(started) < LongestWait;)
        {
            RpcAnswer<JsonElement>[] answers =
                await _rpc.BatchAsync<JsonElement>([new RpcCall("eth_getTransactionReceipt", hash)], cancellation);
            if (answers[0].Result.ValueKind == JsonValueKind.Object)
                return _rpc.Read<EvmReceipt>(answers[0].Result).Status == "0x1"
                    ? answers[0].Result
                    : throw new TransactionFailedException($"{_network.Name}: transaction {hash} was mined and failed");
            await Task.Delay(ReceiptInterval, _time, cancellation);
        }
        throw new ChainUnknownException(_network.Name, $"{hash} was not mined within {LongestWait.TotalMinutes} min");
    }
}

/// <summary>A transaction that the chain refused: nothing changed except a fee.</summary>
public sealed class TransactionFailedException(string message) : Exception(message);
