using System.Numerics;
using CoinPay.Core;

namespace CoinPay.Chains.Evm;

/// <summary>What one attempt to move the money at a forwarder found. All null: it is under way.</summary>
/// <param name="EmptyAtHeight">At this height, which no reorg is expected to reach, nothing was left.</param>
/// <param name="TransactionHash">What emptied it there, where the node's logs tell.</param>
/// <param name="Failure">Why nothing was moved.</param>
public sealed record RecoveryAttempt(long? EmptyAtHeight, string? TransactionHash, string? Failure)
{
    public static RecoveryAttempt UnderWay { get; } = new(null, null, null);
}

/// <summary>
/// Moves one asset from an invoice's address on another network to the settlement address there. What is done follows
/// from what the chain shows, not from what was done before: a crash, another's flush or a reorg in between changes
/// nothing but the number of attempts.
/// </summary>
public sealed class ForwarderRecovery(Network network, HttpClient http, GasWallet? wallet, TimeProvider time)
{
    /// <summary>Ordinary nodes keep the state of the last 128 blocks, and the head moves on while they are asked.</summary>
    private const int MaxStateDepth = 64;

    private readonly JsonRpc _rpc = new(network.Name, network.Rpc, http, null, time);

    /// <param name="terms">Of an invoice whose address is a forwarder.</param>
    /// <param name="since">Height on this network below which nothing came.</param>
    /// <exception cref="ChainUnknownException">The node does not say.</exception>
    /// <exception cref="TransactionFailedException">The network did not take the transaction.</exception>
    public async Task<RecoveryAttempt> RunAsync(
        InvoiceTerms terms, NetworkAsset asset, long since, CancellationToken cancellation)
    {
        // Less than this is dust: whoever sends it again and again keeps nobody busy.
        BigInteger least = BigInteger.Max(asset.Dust, BigInteger.One);
        ChainHead head = await new EvmChain(network, http, time).ReadHeadAsync(cancellation);
        if (await BalanceAsync(terms.Address, asset, new { blockHash = head.Hash }, cancellation) >= least)
            return await FlushAsync((ForwarderDerivation)terms.Derivation, asset, cancellation);
        IReadOnlyList<Flushed> flushes = await new EvmHistory(network, _rpc).FlushesAsync(
            terms.Address, TokenOf(asset), since, head.Height, cancellation);
        if (flushes.MaxBy(flush => flush.Height) is { } last)
            return IsFinal(last.Height, head) ? new(last.Height, last.TransactionHash, null) : RecoveryAttempt.UnderWay;
        // Longer ago than the node's logs were searched: then it was empty a while ago, too.
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
        // Else the call would go to an address without code, and succeed without doing anything.
        if (!await factory.StandsAsync(cancellation))
            await factory.EnsureDeployedAsync(cancellation);
        Flush flush = await factory.FlushAsync(
            [new Forwarding(forwarder.SettlementAddress, forwarder.Salt)], [TokenOf(asset)], cancellation);
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
        // A contract that is not there answers with nothing at all, which is no balance.
        return answer.Length > "0x".Length
            ? ContractAbi.NumberOf(answer)
            : throw new ChainUnknownException(network.Name, $"{contract} answers no balance");
    }

    private static string TokenOf(NetworkAsset asset) => asset.Contract ?? EvmAddress.NativeCoin;

    private static RecoveryAttempt Failed(string reason) => new(null, null, reason);
}
