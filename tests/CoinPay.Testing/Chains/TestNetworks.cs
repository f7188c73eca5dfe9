using CoinPay.Chains;
using CoinPay.Chains.Bitcoin;
using CoinPay.Chains.Evm;
using CoinPay.Core;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Nodes;

namespace CoinPay.Testing.Chains;

/// <summary>Networks as configuration creates them, for the tests' nodes and keys.</summary>
internal static class TestNetworks
{
    public static readonly HttpClient Http = new();

    /// <summary>Those of the nodes that tests start, under any network's name.</summary>
    public static NodeCredentials Credentials(string password = Bitcoind.Password) => new(
        new KnownSecrets { ["CoinPay:Networks:any:User"] = Bitcoind.User, ["CoinPay:Networks:any:Password"] = password }, "any", isDevelopment: true);

    public static Network Evm(Uri rpc, long chainId = 31337, params string[] tokens) => new()
    {
        Name = "anvil",
        Id = $"eip155:{chainId}",
        Family = EvmFamily.Instance,
        Rpc = rpc,
        Confirmations = 3,
        Assets =
        [
            new NetworkAsset { Asset = new Asset($"eip155:{chainId}/slip44:60", "ETH", 18) },
            .. tokens.Select(token => new NetworkAsset
            {
                Asset = new Asset($"eip155:{chainId}/erc20:{token}", "USDT", 6),
                Contract = token,
            }),
        ],
    };

    public static Network Bitcoin(
        Uri? rpc = null,
        string coin = "bitcoin",
        string chain = "regtest",
        string id = "bip122:0f9188f13cb7b2c71f2a335e3a4fc328") => new()
        {
            Name = $"{coin}-{chain}",
            Id = id,
            Family = BitcoinFamily.Instance,
            Coin = coin,
            Chain = chain,
            Rpc = rpc ?? new Uri("http://127.0.0.1:1"),
            Confirmations = 2,
            Assets = [new NetworkAsset { Asset = new Asset(id + "/slip44:0", "BTC", 8) }],
        };
}
