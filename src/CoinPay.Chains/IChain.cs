using System.Numerics;
using CoinPay.Core;

namespace CoinPay.Chains;

/// <summary>
/// Reads a network from its node. Every answer is for a known block hash; anything unknown throws
/// <see cref="ChainUnknownException"/>: a node that is down, lags, lies or serves another chain is never read as empty.
/// </summary>
public interface IChain : INetworkSource
{
    /// <summary>Reads the current head and checks the chain's identity (eth_chainId, or the genesis hash).</summary>
    Task<ChainHead> ReadHeadAsync(CancellationToken cancellation);

    /// <summary>Returns the hash of the block at a height of the best chain, or null above its head.</summary>
    Task<string?> ReadBlockHashAsync(long height, CancellationToken cancellation);

    /// <summary>
    /// Reads blocks from..to of the best chain, ascending and complete, each with its transfers to recipients that
    /// <paramref name="isWatched"/> accepts and, if the chain has outpoints (<see cref="Outpoints"/>), the spends of
    /// those that it accepts. Blocks above <paramref name="byHashAbove"/> are read by hash, one by one.
    /// </summary>
    Task<IReadOnlyList<ChainBlock>> ReadBlocksAsync(
        long from, long to, long byHashAbove, Func<string, bool> isWatched, CancellationToken cancellation);
}

/// <summary>A chain whose node shows payments before they are in a block.</summary>
public interface IMempoolSource
{
    /// <summary>
    /// Reads all unconfirmed transfers to watched recipients that the node shows now. The caller compares them with
    /// what it saw before.
    /// </summary>
    Task<IReadOnlyList<ChainTransfer>> ReadMempoolAsync(Func<string, bool> isWatched, CancellationToken cancellation);

    /// <summary>
    /// Returns the unconfirmed transactions, to any recipient, that spend a watched outpoint, as of the last
    /// <see cref="ReadMempoolAsync"/>.
    /// </summary>
    IReadOnlyList<Spend> SpendsInMempool(Func<string, bool> isWatched);
}

/// <summary>A chain on which money can arrive at an address without a trace in its blocks.</summary>
public interface IBalanceSource
{
    /// <summary>
    /// Finds money at watched addresses that <see cref="IChain.ReadBlocksAsync"/> cannot see, by their balances at this head.
    /// </summary>
    Task<IReadOnlyList<SweptTransfer>> SweepAsync(
        IReadOnlyList<SweptAddress> addresses, ChainHead head, CancellationToken cancellation);
}

/// <summary>A chain with tokens, whose balances show what its node may have left out of the logs.</summary>
public interface ITokenBalanceSource
{
    /// <summary>
    /// Finds tokens that addresses hold at this head, or have paid out, beyond what is known to have arrived. They are ambiguous,
    /// because nothing says which transaction brought them.
    /// </summary>
    Task<IReadOnlyList<SweptTransfer>> FindTokensAsync(
        IReadOnlyList<TokenHolder> holders, ChainHead head, CancellationToken cancellation);
}

/// <summary>A chain on which a merchant's destination can be a contract, which can lose or refuse what it receives.</summary>
public interface IDestinationSource
{
    /// <summary>
    /// Says why money sent to this address would be lost, in a sentence; null if the chain shows nothing against it.
    /// </summary>
    Task<string?> FindLossAsync(string destination, CancellationToken cancellation);
}

/// <summary>The node's head, and the heights of its finality tags (null if the network has none).</summary>
public sealed record ChainHead(long Height, string Hash, DateTimeOffset Time, long? Safe, long? Finalized);

/// <summary>One block of the best chain with the transfers in it that concern us.</summary>
public sealed record ChainBlock(
    long Height, string Hash, string ParentHash, DateTimeOffset Time, IReadOnlyList<ChainTransfer> Transfers)
{
    /// <summary>The spends of watched outpoints in it, by any transaction.</summary>
    public IReadOnlyList<Spend> Spends { get; init; } = [];
}

/// <summary>A transfer of a listed asset. Block data is in the block that contains it.</summary>
/// <param name="Recipient">EVM: the address in lower-case hex with 0x. Bitcoin family: the script in lower-case hex.</param>
/// <param name="Ordinal">
/// Distinguishes it from others of the same transaction and survives a reorg: the output number; for a token
/// <c>contract.n</c>, n counting that transaction's transfers of that token to that recipient; <c>native</c>.
/// </param>
public sealed record ChainTransfer(
    Asset Asset, string Recipient, string? From, string TransactionHash, string Ordinal, BigInteger Amount)
{
    /// <summary>The payment's key in every store; it stays the same if a reorg mines the transaction again.</summary>
    public string Key => TransactionHash + "." + Ordinal;

    /// <summary>The outputs that its transaction spends, if the chain has outpoints.</summary>
    public Outpoints Inputs { get; init; } = Outpoints.None;

    /// <summary>
    /// Another transaction that spends one of its inputs, or one of an unconfirmed transaction that it descends from, was seen before.
    /// </summary>
    public bool HasConflict { get; init; }

    /// <summary>
    /// Without a block it proves too little: its fee rate may be too low for a block soon, or what happened before it is unknown.
    /// </summary>
    public bool IsDoubtful { get; init; }

    /// <summary>When the node first had it, if it is in no block and the node says so.</summary>
    public DateTimeOffset? EnteredAt { get; init; }

    /// <summary>See <see cref="ViewedTransfer.Maturity"/>.</summary>
    public int Maturity { get; init; }

    /// <summary>It is unknown whether, or by which transaction, this money arrived, so no invoice counts it.</summary>
    public bool IsAmbiguous { get; init; }
}

/// <summary>The node did not give a usable answer. Nothing must change for the worse because of it.</summary>
public class ChainUnknownException(string network, string reason, Exception? inner = null)
    : Exception($"{network}: {reason}", inner)
{
    public string NetworkName { get; } = network;
}
