using System.Collections.Frozen;
using CoinPay.Core;

namespace CoinPay.Chains;

/// <summary>The adapter of each configured network.</summary>
public sealed class ChainDirectory(IEnumerable<IChain> chains)
{
    private readonly FrozenDictionary<string, IChain> _byName = chains.ToFrozenDictionary(chain => chain.Network.Name, StringComparer.Ordinal);

    public IEnumerable<IChain> All => _byName.Values;

    public IChain Of(string network) => _byName.GetValueOrDefault(network) ?? throw new BugException("no network " + network);
}
