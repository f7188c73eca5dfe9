// Stand-in until NetworkConfiguration lands: DELETE THIS FILE with that merge.
#pragma warning disable
namespace CoinPay.Functions.Chains;
internal static class NetworkConfiguration { public static IReadOnlyList<Network> Load(Microsoft.Extensions.Configuration.IConfiguration c) => []; }
