using System.Numerics;
using System.Text.Json.Serialization;

namespace CoinPay.Core;

/// <summary>A block that holds a transaction.</summary>
public sealed record BlockReference(long Height, string Hash, DateTimeOffset Time);

/// <summary>The state of a transfer on the chain.</summary>
public enum TransferStatus
{
    /// <summary>In no block yet.</summary>
    [JsonStringEnumMemberName("seen")]
    Seen,

    /// <summary>In a block, but not as deep as the policy requires.</summary>
    [JsonStringEnumMemberName("confirming")]
    Confirming,

    [JsonStringEnumMemberName("confirmed")]
    Confirmed,

    /// <summary>Another transaction spent its inputs.</summary>
    [JsonStringEnumMemberName("replaced")]
    Replaced,

    /// <summary>A reorg removed its block and no block holds it now.</summary>
    [JsonStringEnumMemberName("reorged")]
    Reorged,
}

/// <summary>A transfer to an invoice's address, as the invoice has booked it.</summary>
public sealed record Transfer
{
    /// <summary>Transaction hash and ordinal; stays the same when a reorg mines the transaction again.</summary>
    public required string Key { get; init; }

    public required string TransactionHash { get; init; }

    public required string Ordinal { get; init; }

    public required string AssetId { get; init; }

    public string? From { get; init; }

    /// <summary>Base units of the asset.</summary>
    public required BigInteger Amount { get; init; }

    public required DateTimeOffset FirstSeenAt { get; init; }

    public BlockReference? Block { get; init; }

    public TransferStatus Status { get; init; }

    /// <summary>
    /// First seen, or stamped by its block, while the price was valid. Once true it stays true: no reorg makes a payer
    /// late.
    /// </summary>
    public bool OnTime { get; init; }

    /// <summary>Short name of the network it happened on, if that is not the invoice's own.</summary>
    public string? WrongNetwork { get; init; }

    /// <summary>The gateway cannot tell whose money this is, or which transaction brought it.</summary>
    public bool IsAmbiguous { get; init; }

    /// <summary>A person decided that it belongs to this invoice.</summary>
    public bool IsAttributed { get; init; }

    /// <summary>A person accepted it: it counts as confirmed until the chain drops it.</summary>
    public bool IsAccepted { get; init; }

    /// <summary>Hash of the transaction that spent its inputs, if known.</summary>
    public string? ReplacedBy { get; init; }

    public bool Stands => Status is TransferStatus.Seen or TransferStatus.Confirming or TransferStatus.Confirmed;

    internal Transfer LostBy(TransferStatus how, string? replacedBy)
    {
        Assert.That(how is TransferStatus.Replaced or TransferStatus.Reorged);
        return this with { Status = how, Block = null, ReplacedBy = replacedBy, IsAccepted = false };
    }
}

/// <summary>What the chain now shows for an invoice's address: levels, not edges.</summary>
/// <param name="Transfers">All transfers that were ever shown, each in its current state.</param>
/// <param name="Chain">What is known of the network, or null if nothing is.</param>
public sealed record View(IReadOnlyList<ViewedTransfer> Transfers, ChainKnowledge? Chain)
{
    /// <summary>What is known of other networks on which money arrived at the address, by short name.</summary>
    public IReadOnlyDictionary<string, ChainKnowledge> Others { get; init; } = new Dictionary<string, ChainKnowledge>();
}

/// <summary>
/// A transfer as the chain shows it. <paramref name="Lost"/> says how the chain dropped it; null if it has not.
/// </summary>
public sealed record ViewedTransfer(
    string TransactionHash,
    string Ordinal,
    string AssetId,
    string? From,
    BigInteger Amount,
    DateTimeOffset FirstSeenAt,
    BlockReference? Block,
    TransferStatus? Lost)
{
    public string Key => TransactionHash + "." + Ordinal;

    /// <summary>Short name of the network it happened on, if that is not the invoice's own.</summary>
    public string? WrongNetwork { get; init; }

    /// <summary>
    /// More than one invoice has this address, or the balance shows money for which no transaction was found.
    /// </summary>
    public bool IsAmbiguous { get; init; }

    /// <summary>
    /// A transaction that spends one of the same inputs, or one of an unconfirmed ancestor's, was seen before, so a replacement is likely.
    /// </summary>
    public bool HasConflict { get; init; }

    /// <summary>
    /// When it was seen without a block, its fee rate was too low, or it was unknown whether anything conflicts with it.
    /// </summary>
    public bool IsDoubtful { get; init; }

    /// <summary>
    /// The number of blocks before which the chain lets nobody spend it, because a reorg destroys it for good: 100 for a
    /// coinbase output, 6 for money that leaves Litecoin's MWEB, 0 for anything else.
    /// </summary>
    public int Maturity { get; init; }

    /// <summary>Returns the depth, or the transfer's maturity if that is more.</summary>
    public RequiredDepth AtLeastMature(RequiredDepth required) =>
        Maturity == 0 || required.Blocks >= Maturity ? required : RequiredDepth.OfBlocks(Maturity);

    /// <summary>Hash of the transaction that spent its inputs instead, once it is lost and if that is known.</summary>
    public string? ReplacedBy { get; init; }
}

/// <summary>
/// The head of a healthy node, and the time up to which everything was searched: <paramref name="CompletePollBeganAt"/>
/// is the start of the last poll that read all blocks and the mempool. <paramref name="IsFinalityStalled"/>: the
/// finalized block lags far behind the head, so nothing is allowed to expire.
/// </summary>
public sealed record ChainKnowledge(
    long Height, long? Safe, long? Finalized, DateTimeOffset CompletePollBeganAt, bool IsFinalityStalled = false)
{
    /// <summary>Whether a block at this height is as deep as required. An absent tag is never reached.</summary>
    public bool IsDeep(long height, RequiredDepth required) => required.Tag switch
    {
        FinalityTag.Safe => Safe >= height,
        FinalityTag.Finalized => Finalized >= height,
        null => Height - height + 1 >= required.Blocks,
        _ => throw new BugException("tag " + required.Tag),
    };
}
