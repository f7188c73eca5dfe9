namespace CoinPay.Chains;

/// <summary>The networks that this gateway offers, found by short name or CAIP-2 id.</summary>
public sealed class Networks(IReadOnlyList<Network> all)
{
    public IReadOnlyList<Network> All { get; } = all;

    /// <summary>By <c>anvil</c> or <c>eip155:31337</c>; null when it is not offered.</summary>
    public Network? Find(string nameOrId) => All.FirstOrDefault(network => network.Name == nameOrId || network.Id == nameOrId);

    /// <summary>The listed asset of this CAIP-19 id, on whichever network; null when it is not listed.</summary>
    public CoinPay.Core.Asset? FindAsset(string assetId) =>
        All.SelectMany(network => network.Assets).FirstOrDefault(listed => listed.Asset.Id == assetId)?.Asset;

    /// <summary>
    /// The <see cref="Network.AddressSpace"/> of a network; one that is not offered is a space of its own.
    /// </summary>
    public string SpaceOf(string name) => All.FirstOrDefault(network => network.Name == name)?.AddressSpace ?? name;

    /// <summary>
    /// By symbol (<c>USDT</c>) or CAIP-19 id; null when the network does not have it. The hex of an id's contract may be
    /// in any case, as CAIP-19 leaves it open.
    /// </summary>
    public static NetworkAsset? FindAsset(Network network, string symbolOrId) =>
        network.Assets.FirstOrDefault(listed =>
            listed.Asset.Symbol == symbolOrId
            || listed.Asset.Id.Equals(symbolOrId, network.Family.AssetIds));
}
