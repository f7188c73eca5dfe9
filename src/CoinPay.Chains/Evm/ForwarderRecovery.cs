using System.Numerics;
using CoinPay.Core;

namespace CoinPay.Chains.Evm;

/// <summary>The result of one attempt to move the money at a forwarder. All null: it is in progress.</summary>
/// <param name="EmptyAtHeight">The height, which no reorg is expected to reach, at which nothing was left.</param>
/// <param name="TransactionHash">The transaction that emptied it there, if the node's logs show it.</param>
/// <param name="Failure">Why nothing was moved.</param>
public sealed record RecoveryAttempt(long? EmptyAtHeight, string? TransactionHash, string? Failure)
{
    public static RecoveryAttempt UnderWay { get; } = new(null, null, null);
}

/// <summary>
/// Moves one asset from an invoice's address on another network to the settlement address there. Each step depends on
/// what the chain shows, not on previous steps: a crash, somebody else's flush or a reorg in between changes only the
/// number of attempts.
/// </summary>
public sealed class ForwarderRecovery(Network network, HttpClient http, GasWallet? wallet, TimeProvider time)
{
    /// <summary>Ordinary nodes keep the state of the last 128 blocks, and the head moves on during the calls.</summary>
    private const int MaxStateDepth = 64;

    private readonly JsonRpc _rpc = new(network.Name, network.Rpc, http, network.Credentials, time);

    /// <param name="terms">The terms of an invoice whose address is a forwarder.</param>
    /// <param name="since">The height on this network below which nothing arrived.</param>
    /// <exception cref="ChainUnknownException">The node gave no usable answer.</exception>
    /// <exception cref="TransactionFailedException">The network did not accept the transaction.</exception>
    public async Task<RecoveryAttempt> RunAsync(
        InvoiceTerms terms, NetworkAsset asset, long since, CancellationToken cancellation)
    {
        // Less than this is dust: sending it repeatedly must not cause work.
        BigInteger least = BigInteger.Max(asset.Dust, BigInteger.One);
        ChainHead head = await new EvmChain(network, http, time).ReadHeadAsync(cancellation);
        if (await BalanceAsync(terms.Address, asset, new { blockHash = head.Hash }, cancellation) >= least)
            return await FlushAsync((ForwarderDerivation)terms.Derivation, asset, cancellation);
        IReadOnlyList<Flushed> flushes = await new EvmHistory(network, _rpc).FlushesAsync(
            terms.Address, TokenOf(asset), since, head.Height, cancellation);
        if (flushes.MaxBy(flush => flush.Height) is { } last)
            return IsFinal(last.Height, head) ? new(last.Height, last.TransactionHash, null) : RecoveryAttempt.UnderWay;
        // The flush is older than the searched logs: then it was already empty a while ago.
        long deep = head.Height - Math.Min(network.Confirmations, MaxStateDepth);
        return deep < since || await BalanceAsync(terms.Address, asset, Quantity.Hex(deep), cancellation) >= least
            ? RecoveryAttempt.UnderWay
            : new(deep, null, null);
    }

    private bool IsFinal(long height, ChainHead head) => network.FinalityLag is null
        ? height <= head.Height - network.Confirmations
        : height <= head.Finalized;

    private async Task<RecoveryAttempt> FlushAsync(
        ForwarderDerivation forwarder, NetworkAsset asset, CancellationToken cancellation)
    {
        if (!string.Equals(forwarder.Factory, network.Factory, StringComparison.OrdinalIgnoreCase))
            return Failed($"{network.Name} has another factory, {network.Factory}: the forwarder cannot be deployed there.");
        ForwarderFactory factory = new(network, http, wallet, time);
        // Otherwise the call would go to an address without code, and succeed without doing anything.
        if (!await factory.StandsAsync(cancellation))
            await factory.EnsureDeployedAsync(cancellation);
        Flush flush = await factory.FlushAsync(
            [new Forwarding(forwarder.SettlementAddress, forwarder.Salt)], [TokenOf(asset)], onceId: null, cancellation);
        return flush.Failed.Count == 0
            ? RecoveryAttempt.UnderWay
            : Failed("The token, or the settlement address, refuses the transfer.");
    }

    private async Task<BigInteger> BalanceAsync(
        string address, NetworkAsset asset, object block, CancellationToken cancellation)
    {
        if (asset.Contract is not { } contract)
            return Quantity.Number(await _rpc.CallAsync<string>("eth_getBalance", cancellation, address, block));
        string data = EvmBalanceCheck.BalanceOf(address);
        string answer = await _rpc.CallAsync<string>("eth_call", cancellation, new { to = contract, data }, block);
        // A contract that does not exist returns no data, which is not a balance.
        return answer.Length > "0x".Length
            ? ContractAbi.NumberOf(answer)
            : throw new ChainUnknownException(network.Name, $"{contract} returned no balance");
    }

    private static string TokenOf(NetworkAsset asset) => asset.Contract ?? EvmAddress.NativeCoin;

    private static RecoveryAttempt Failed(string reason) => new(null, null, reason);
}
