using CoinPay.Core;

namespace CoinPay.Chains;

/// <summary>
/// What the networks of one kind have in common and others do not. A family is a folder here and a line in
/// <see cref="Configuration.NetworkFamilies"/>; nothing else asks which family a network is of.
/// </summary>
public interface INetworkFamily
{
    /// <summary>As networks.json and answers call it: <c>evm</c>, <c>bitcoin</c>.</summary>
    string Name { get; }

    /// <summary>The kind of wallet that payments on its networks go to.</summary>
    IWalletKind WalletKind { get; }

    /// <summary>Whether a policy may ask for a finality tag instead of a number of blocks.</summary>
    bool HasFinalityTags { get; }

    /// <summary>How ids of assets (CAIP-19) compare: the hex of a contract may be in any case.</summary>
    StringComparison AssetIds { get; }

    /// <summary>
    /// Networks of one space share addresses: whatever comes to one of them, on whichever network, is one invoice's. A network
    /// that shares its addresses with no other is a space of its own name.
    /// </summary>
    string SpaceOf(Network network);

    /// <summary>The spaces that several of its networks share. No network, of whatever family, may have such a name.</summary>
    IReadOnlyList<string> SharedSpaces { get; }

    /// <summary>Whether a payment in this asset may leave no trace in blocks, so that balances have to be looked at.</summary>
    bool MayComeUnseen(NetworkAsset asset);

    /// <summary>The link that a payer's wallet opens with everything filled in.</summary>
    string PaymentUri(Network network, NetworkAsset asset, string address, Amount due);

    /// <summary>What an entry of networks.json lacks to be one of this family; null when it is right.</summary>
    string? MistakeIn(Network network);

    /// <summary>Where the payments of a network are seen.</summary>
    INetworkSource Open(Network network, HttpClient http, INodeCredentials credentials, TimeProvider time);
}

/// <summary>Where the payments of a network are seen. One that is read block by block is an <see cref="IChain"/>.</summary>
public interface INetworkSource
{
    Network Network { get; }

    /// <summary>The recipient (see <see cref="ChainTransfer.Recipient"/>) of a payment to this address of the network.</summary>
    string RecipientOf(string address);
}
