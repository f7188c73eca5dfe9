using CoinPay.Chains;

namespace CoinPay.Testing.Chains;

/// <summary>A chain that confirms all settings.</summary>
internal static class Agreeing
{
    public static IReadOnlyList<AssetFinding> With(Network network) =>
        [.. network.Assets.Select(asset => new AssetFinding(asset, Difference: null))];
}
