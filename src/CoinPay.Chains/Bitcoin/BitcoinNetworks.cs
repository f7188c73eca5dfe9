namespace CoinPay.Chains.Bitcoin;

/// <summary>Maps each supported Bitcoin-family chain to its NBitcoin network.</summary>
internal static class BitcoinNetworks
{
    public static NBitcoin.Network Of(Network network) => (network.Coin, network.Chain) switch
    {
        ("bitcoin", "main") => NBitcoin.Network.Main,
        // Signet addresses and keys are encoded like testnet's.
        ("bitcoin", "test" or "signet") => NBitcoin.Network.TestNet,
        ("bitcoin", "regtest") => NBitcoin.Network.RegTest,
        ("litecoin", "main") => LitecoinNetworks.Instance.Mainnet,
        ("litecoin", "test") => LitecoinNetworks.Instance.Testnet,
        ("litecoin", "regtest") => LitecoinNetworks.Instance.Regtest,
        _ => throw new ArgumentException($"no address format is known for {network.Coin} {network.Chain}", nameof(network)),
    };

    /// <summary>The coin's number in paths, the same for all test chains. Source: SLIP-44.</summary>
    public static uint CoinTypeOf(Network network) => (network.Coin, IsMain(network)) switch
    {
        (_, false) => 1,
        ("bitcoin", true) => 0,
        ("litecoin", true) => 2,
        _ => throw new ArgumentException($"no coin type is known for {network.Coin}", nameof(network)),
    };

    /// <summary>Whether keys and addresses are for real money.</summary>
    public static bool IsMain(Network network) => network.Chain == "main";
}
