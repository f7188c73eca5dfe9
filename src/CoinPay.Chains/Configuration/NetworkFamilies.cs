using CoinPay.Chains.Bitcoin;
using CoinPay.Chains.Evm;

namespace CoinPay.Chains.Configuration;

/// <summary>The supported families, one per line.</summary>
public static class NetworkFamilies
{
    public static IReadOnlyList<INetworkFamily> All { get; } = [BitcoinFamily.Instance, EvmFamily.Instance];

    public static INetworkFamily? Find(string name) => All.FirstOrDefault(family => family.Name == name);
}
