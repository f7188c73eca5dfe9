namespace CoinPay.Chains;

/// <summary>The networks that this gateway offers, found by short name or CAIP-2 id.</summary>
public sealed class Networks(IReadOnlyList<Network> all)
{
    public IReadOnlyList<Network> All { get; } = all;

    /// <summary>Finds a network by <c>anvil</c> or <c>eip155:31337</c>, in any case; null if it is not offered.</summary>
    public Network? Find(string nameOrId) => All.FirstOrDefault(network =>
        network.Name.Equals(nameOrId, StringComparison.OrdinalIgnoreCase)
        || network.Id.Equals(nameOrId, StringComparison.OrdinalIgnoreCase));

    /// <summary>Finds the listed asset with this CAIP-19 id, on any network; null if it is not listed.</summary>
    public CoinPay.Core.Asset? FindAsset(string assetId) =>
        All.SelectMany(network => network.Assets).FirstOrDefault(listed => listed.Asset.Id == assetId)?.Asset;

    /// <summary>
    /// Returns the <see cref="Network.AddressSpace"/> of a network; a network that is not offered is its own space.
    /// </summary>
    public string SpaceOf(string name) => All.FirstOrDefault(network => network.Name == name)?.AddressSpace ?? name;

    /// <summary>
    /// Finds an asset by symbol (<c>USDT</c>, in any case) or CAIP-19 id; null if the network does not have it. The hex
    /// of an id's contract can be in any case, because CAIP-19 leaves it open.
    /// </summary>
    public static NetworkAsset? FindAsset(Network network, string symbolOrId) =>
        network.Assets.FirstOrDefault(listed => NameOf(network, listed, symbolOrId) is not null);

    /// <summary>Returns the asset's symbol or its id, whichever the text is, as it is listed; null if it is neither.</summary>
    public static string? NameOf(Network network, NetworkAsset asset, string symbolOrId) =>
        asset.Asset.Symbol.Equals(symbolOrId, StringComparison.OrdinalIgnoreCase) ? asset.Asset.Symbol
        : asset.Asset.Id.Equals(symbolOrId, network.Family.AssetIds) ? asset.Asset.Id
        : null;
}
