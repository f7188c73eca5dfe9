using CoinPay.Core;
using CoinPay.Functions.Chains;

namespace CoinPay.Functions.Tests.Simulation;

/// <summary>The networks of every simulated world: an EVM chain with a coin, a token and finality, and two of Bitcoin's kind.</summary>
internal static class OfferedNetworks
{
    private const string Evm = "eip155:31337";
    private const string Bitcoin = "bip122:0f9188f13cb7b2c71f2a335e3a4fc328";
    private const string Litecoin = "bip122:530827f38f93b43ed12af0b3ad25a288";
    private const string Token = "0xBc380aFEe72430Af28efC3810a8d4e250C75Da6b";

    public static IReadOnlyList<Network> All { get; } =
    [
        new()
        {
            Name = "anvil",
            Id = Evm,
            Family = NetworkFamily.Evm,
            Development = true,
            Rpc = new("http://127.0.0.1:1"),
            Factory = "0x15a525d5547Be9AD243AFD3e1d4d3A47B9039A67",
            PollInterval = TimeSpan.FromSeconds(4),
            Confirmations = 3,
            Assets =
            [
                new() { Asset = new(Evm + "/slip44:60", "ETH", 18), Dust = 1_000_000_000_000 },
                new() { Asset = new($"{Evm}/erc20:{Token}", "USDT", 6), Contract = Token, Dust = 100 },
            ],
        },
        BitcoinKind("bitcoin-regtest", Bitcoin, "bitcoin", new(Bitcoin + "/slip44:0", "BTC", 8), 294),
        BitcoinKind("litecoin-regtest", Litecoin, "litecoin", new(Litecoin + "/slip44:2", "LTC", 8), 2_940),
    ];

    private static Network BitcoinKind(string name, string id, string coin, Asset asset, int dust) => new()
    {
        Name = name,
        Id = id,
        Family = NetworkFamily.Bitcoin,
        Development = true,
        Rpc = new("http://127.0.0.1:1"),
        Coin = coin,
        Chain = "regtest",
        PollInterval = TimeSpan.FromSeconds(10),
        Confirmations = 2,
        Assets = [new() { Asset = asset, Dust = dust }],
    };
}
