using System.Collections.Frozen;
using CoinPay.Core;

namespace CoinPay.Chains;

/// <summary>Finds the source of payments for each configured network.</summary>
public sealed class ChainDirectory(IEnumerable<INetworkSource> sources)
{
    private readonly FrozenDictionary<string, INetworkSource> _byName =
        sources.ToFrozenDictionary(source => source.Network.Name, StringComparer.Ordinal);

    public IEnumerable<INetworkSource> All => _byName.Values;

    /// <summary>The networks that are read block by block.</summary>
    public IEnumerable<IChain> Chains => _byName.Values.OfType<IChain>();

    /// <summary>Returns a network's source, or null if the network is not offered.</summary>
    public INetworkSource? Find(string network) => _byName.GetValueOrDefault(network);

    public INetworkSource Of(string network) => _byName.GetValueOrDefault(network) ?? throw new BugException("no network " + network);
}
