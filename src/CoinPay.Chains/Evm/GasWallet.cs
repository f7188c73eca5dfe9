using System.Buffers;
using System.Numerics;
using System.Text.Json;
using Nethereum.Hex.HexConvertors.Extensions;
using Nethereum.Signer;

namespace CoinPay.Chains.Evm;

/// <summary>
/// A small account that pays the gas for deploying and sweeping forwarders. Its key comes from the secrets seam. It
/// never holds a merchant's money, and nothing it sends can move money anywhere except to a forwarder's settlement
/// address. It sends one transaction at a time, in this process and, through its turns, across all processes.
/// </summary>
public sealed class GasWallet : IDisposable
{
    private const int KeyDigits = 64;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>How long to wait for those who were first in this process.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>A turn is longer than the wait for the receipt and the calls around it.</summary>
    private static readonly TimeSpan LongestTurn = GasWalletTransaction.LongestWait + TimeSpan.FromMinutes(2);

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
        _rpc = new JsonRpc(network.Name, network.Rpc, http, network.Credentials, time);
        _privateKey = IsKey(privateKey)
            ? privateKey
            : throw new ArgumentException("This is not a private key: 32 bytes of hex.", nameof(privateKey));
        (_turns, _time) = (turns, time);
        // Throws on zero and on anything not below the curve's order.
        Address = new EthECKey(privateKey).GetPublicAddress();
    }

    /// <summary>Longer than any call of SendAsync.</summary>
    public static TimeSpan LongestSend { get; } = Patience + IGasWalletTurns.Patience + LongestTurn;

    /// <summary>The account to fund with the chain's coin.</summary>
    public string Address { get; }

    /// <summary>Returns the account's balance, in base units.</summary>
    public async Task<BigInteger> ReadBalanceAsync(CancellationToken cancellation) =>
        Quantity.Number(await _rpc.CallAsync<string>("eth_getBalance", cancellation, Address, "latest"));

    /// <summary>Signs and sends a transaction, waits until it is mined, and returns its receipt.</summary>
    public async Task<JsonElement> SendAsync(string to, BigInteger value, string data, CancellationToken cancellation) =>
        (await SendAsync(null, _ => Task.FromResult<GasCall?>(new(to, value, data)), cancellation))!.Value;

    /// <summary>
    /// Makes a call, waits until it is mined, and returns its receipt. It takes the place of a transaction of this wallet
    /// that is still waiting: whoever sent that one asks again, and what it wanted is then decided by what the chain shows.
    /// </summary>
    /// <param name="onceId">
    /// Names what must be done once: if it was sent last and is mined by now, its receipt is returned. Null if the plan
    /// alone decides.
    /// </param>
    /// <param name="plan">
    /// Decides in the wallet's turn, after everything sent before is mined or about to be replaced, what to call; null for
    /// nothing, and then null is returned. Asked again whenever another transaction is mined first.
    /// </param>
    /// <exception cref="TransactionFailedException">It would fail, or was mined and failed.</exception>
    /// <exception cref="GasTooExpensiveException">The network's gas costs more than it may.</exception>
    /// <exception cref="TransactionPendingException">It was not mined in time: it can still be mined later.</exception>
    /// <exception cref="ChainUnknownException">The node gave no usable answer.</exception>
    public async Task<JsonElement?> SendAsync(
        string? onceId, Func<CancellationToken, Task<GasCall?>> plan, CancellationToken cancellation)
    {
        if (!await _one.WaitAsync(Patience, cancellation))
            throw new ChainUnknownException(_network.Name, $"the gas wallet {Address} is still sending");
        try
        {
            await using IGasWalletTurn turn = await _turns.TakeAsync(_network.Name, Address, LongestTurn, cancellation);
            return await new GasWalletTransaction(_network, _rpc, _privateKey, Address, turn, _time)
                .RunAsync(onceId, plan, cancellation);
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
}
