using System.Numerics;
using CoinPay.Core;

namespace CoinPay.Chains;

/// <summary>
/// What a network's node says. Every answer is known at a block hash; whatever is not known throws
/// <see cref="ChainUnknownException"/>: a node that is down, lags, lies or serves another chain is never read as empty.
/// </summary>
public interface IChain : INetworkSource
{
    /// <summary>The head now, with the chain's identity checked (eth_chainId, or the genesis hash).</summary>
    Task<ChainHead> ReadHeadAsync(CancellationToken cancellation);

    /// <summary>The hash of the block at a height of the best chain, or null past its head.</summary>
    Task<string?> ReadBlockHashAsync(long height, CancellationToken cancellation);

    /// <summary>
    /// Blocks from..to of the best chain, ascending and complete, each with its transfers to recipients that
    /// <paramref name="isWatched"/> accepts, and where the chain has outpoints (<see cref="Outpoints"/>) the spends of
    /// those that it accepts. Blocks above <paramref name="byHashAbove"/> are read by hash, one by one.
    /// </summary>
    Task<IReadOnlyList<ChainBlock>> ReadBlocksAsync(
        long from, long to, long byHashAbove, Func<string, bool> isWatched, CancellationToken cancellation);
}

/// <summary>A chain whose node shows payments before they are in a block.</summary>
public interface IMempoolSource
{
    /// <summary>
    /// All unconfirmed transfers to watched recipients that the node shows now. The caller compares with what it saw before.
    /// </summary>
    Task<IReadOnlyList<ChainTransfer>> ReadMempoolAsync(Func<string, bool> isWatched, CancellationToken cancellation);

    /// <summary>
    /// Which unconfirmed transactions, to whatever recipient, spend a watched outpoint, as the last
    /// <see cref="ReadMempoolAsync"/> found them.
    /// </summary>
    IReadOnlyList<Spend> SpendsInMempool(Func<string, bool> isWatched);
}

/// <summary>A chain on which money may come to an address without a trace in its blocks.</summary>
public interface IBalanceSource
{
    /// <summary>
    /// Money at watched addresses that <see cref="IChain.ReadBlocksAsync"/> cannot see, by what their balances show at this head.
    /// </summary>
    Task<IReadOnlyList<SweptTransfer>> SweepAsync(
        IReadOnlyList<SweptAddress> addresses, ChainHead head, CancellationToken cancellation);
}

/// <summary>The node's head, and the heights its finality tags point at (null where the network has none).</summary>
public sealed record ChainHead(long Height, string Hash, DateTimeOffset Time, long? Safe, long? Finalized);

/// <summary>One block of the best chain with the transfers in it that concern us.</summary>
public sealed record ChainBlock(
    long Height, string Hash, string ParentHash, DateTimeOffset Time, IReadOnlyList<ChainTransfer> Transfers)
{
    /// <summary>The spends of watched outpoints in it, by whatever transaction.</summary>
    public IReadOnlyList<Spend> Spends { get; init; } = [];
}

/// <summary>A transfer of a listed asset. Block facts are in the block that holds it.</summary>
/// <param name="Recipient">EVM: the address in lower-case hex with 0x. Bitcoin family: the script in lower-case hex.</param>
/// <param name="Ordinal">
/// What tells it from others of the same transaction and survives a reorg: the output number; for a token
/// <c>contract.n</c>, n counting that transaction's transfers of that token to that recipient; <c>native</c>.
/// </param>
public sealed record ChainTransfer(
    Asset Asset, string Recipient, string? From, string TransactionHash, string Ordinal, BigInteger Amount)
{
    /// <summary>The payment's key in every store: it stays when a reorg mines the transaction again.</summary>
    public string Key => TransactionHash + "." + Ordinal;

    /// <summary>What its transaction spends, where the chain has outpoints.</summary>
    public Outpoints Inputs { get; init; } = Outpoints.None;

    /// <summary>Another transaction was seen to spend one of its inputs a short while before.</summary>
    public bool HasConflict { get; init; }

    /// <summary>It cannot be told whether, or by which transaction, this money came: no invoice may count it.</summary>
    public bool IsAmbiguous { get; init; }
}

/// <summary>The node could not say. Nothing may change for the worse because of it.</summary>
public sealed class ChainUnknownException(string network, string reason, Exception? inner = null)
    : Exception($"{network}: {reason}", inner)
{
    public string NetworkName { get; } = network;
}
