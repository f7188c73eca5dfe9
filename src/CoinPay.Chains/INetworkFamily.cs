using CoinPay.Core;

namespace CoinPay.Chains;

/// <summary>
/// What networks of one kind have in common. A family is a folder here and a line in
/// <see cref="Configuration.NetworkFamilies"/>; no other code asks which family a network belongs to.
/// </summary>
public interface INetworkFamily
{
    /// <summary>The name used in networks.json and in answers: <c>evm</c>, <c>bitcoin</c>.</summary>
    string Name { get; }

    /// <summary>The kind of wallet that receives payments on its networks.</summary>
    IWalletKind WalletKind { get; }

    /// <summary>Whether a policy can require a finality tag instead of a number of blocks.</summary>
    bool HasFinalityTags { get; }

    /// <summary>How asset ids (CAIP-19) compare: a contract's hex can be in any case.</summary>
    StringComparison AssetIds { get; }

    /// <summary>
    /// Networks of one space share addresses: money that arrives at one of them, on any network, belongs to one invoice. A network that
    /// shares its addresses with no other has its own name as its space.
    /// </summary>
    string SpaceOf(Network network);

    /// <summary>The spaces shared by several of its networks. No network, of any family, can have such a name.</summary>
    IReadOnlyList<string> SharedSpaces { get; }

    /// <summary>
    /// Whether a payment in this asset can leave no trace in blocks, so that balances have to be checked.
    /// </summary>
    bool MayComeUnseen(NetworkAsset asset);

    /// <summary>Returns the link that opens a payer's wallet with everything filled in.</summary>
    string PaymentUri(Network network, NetworkAsset asset, string address, Amount due);

    /// <summary>
    /// Returns a transaction's hash as this family writes it, from text with or without <c>0x</c> and in any case; null if
    /// the text is not a hash.
    /// </summary>
    string? ReadTransaction(string text);

    /// <summary>Returns an address of the network, from text as it is shown or pasted; null if the text is not one.</summary>
    string? ReadAddress(Network network, string text);

    /// <summary>Returns what an entry of networks.json lacks for this family; null if it is valid.</summary>
    string? MistakeIn(Network network);

    /// <summary>Creates the source of a network's payments.</summary>
    INetworkSource Open(Network network, HttpClient http, INodeCredentials credentials, TimeProvider time);
}

/// <summary>The source of a network's payments. One that is read block by block is an <see cref="IChain"/>.</summary>
public interface INetworkSource
{
    Network Network { get; }

    /// <summary>
    /// Returns the recipient (see <see cref="ChainTransfer.Recipient"/>) of a payment to this address of the network.
    /// </summary>
    string RecipientOf(string address);

    /// <summary>
    /// Compares the network's settings with what its chain says about itself, and returns every asset. The whole network
    /// having another identity is a difference of each. Throws <see cref="ChainUnknownException"/> if the node does not
    /// answer completely.
    /// </summary>
    Task<IReadOnlyList<AssetFinding>> CompareAsync(CancellationToken cancellation);
}

/// <summary>An asset whose settings were compared with its chain.</summary>
/// <param name="Difference">What is configured and what the chain shows, in a sentence; null if they agree.</param>
public sealed record AssetFinding(NetworkAsset Asset, string? Difference);
