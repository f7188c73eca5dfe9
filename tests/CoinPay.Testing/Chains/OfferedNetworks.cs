using CoinPay.Chains;
using CoinPay.Chains.Bitcoin;
using CoinPay.Chains.Evm;

namespace CoinPay.Testing.Chains;

/// <summary>
/// The networks of every simulated world: two EVM chains on which a forwarder has one address, with a coin, a token and finality,
/// and one of the Bitcoin family. A payment on the second stalls soon.
/// </summary>
internal static class OfferedNetworks
{
    /// <summary>The number of blocks by which finality trails the head.</summary>
    public const int FinalizedDepth = 8;

    /// <summary>These chains mine at random, often nothing for long.</summary>
    private static readonly TimeSpan MaxHeadAge = TimeSpan.FromHours(1);

    private const string Bitcoin = "bip122:0f9188f13cb7b2c71f2a335e3a4fc328";

    public static Network First { get; } = EvmKind("anvil", 31337, "0xBc380aFEe72430Af28efC3810a8d4e250C75Da6b");

    public static Network Second { get; } =
        EvmKind("anvil-two", 31338, "0x5FbDB2315678afecb367f032d93F642f64180aa3") with { ConfirmationLimit = TimeSpan.FromMinutes(5) };

    public static Network OfBitcoinsKind { get; } = new()
    {
        Name = "bitcoin-regtest",
        Id = Bitcoin,
        Family = BitcoinFamily.Instance,
        Development = true,
        Rpc = new("http://127.0.0.1:1"),
        Coin = "bitcoin",
        Chain = "regtest",
        PollInterval = TimeSpan.FromSeconds(10),
        MaxHeadAge = MaxHeadAge,
        Confirmations = 2,
        Assets = [new() { Asset = new(Bitcoin + "/slip44:0", "BTC", 8), Dust = 294 }],
    };

    public static IReadOnlyList<Network> All { get; } = [First, Second, OfBitcoinsKind];

    /// <summary>As often as orders name them.</summary>
    public static IReadOnlyList<(int Weight, Network Network)> Weighted { get; } = [(3, First), (2, Second), (4, OfBitcoinsKind)];

    private static Network EvmKind(string name, int chainId, string token)
    {
        string id = $"eip155:{chainId}";
        return new()
        {
            Name = name,
            Id = id,
            Family = EvmFamily.Instance,
            Development = true,
            Rpc = new("http://127.0.0.1:1"),
            Factory = "0x15a525d5547Be9AD243AFD3e1d4d3A47B9039A67",
            FinalityLag = FinalizedDepth + 3,
            MaxHeadAge = MaxHeadAge,
            PollInterval = TimeSpan.FromSeconds(4),
            Confirmations = 3,
            Assets =
            [
                new() { Asset = new(id + "/slip44:60", "ETH", 18), Dust = 1_000_000_000_000 },
                new() { Asset = new($"{id}/erc20:{token}", "USDT", 6), Contract = token, Dust = 100 },
            ],
        };
    }
}
