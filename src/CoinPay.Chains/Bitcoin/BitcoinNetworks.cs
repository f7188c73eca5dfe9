namespace CoinPay.Chains.Bitcoin;

/// <summary>NBitcoin's name of each chain of the Bitcoin family that we know.</summary>
internal static class BitcoinNetworks
{
    public static NBitcoin.Network Of(Network network) => (network.Coin, network.Chain) switch
    {
        ("bitcoin", "main") => NBitcoin.Network.Main,
        // Signet's addresses and keys are written as the test net's.
        ("bitcoin", "test" or "signet") => NBitcoin.Network.TestNet,
        ("bitcoin", "regtest") => NBitcoin.Network.RegTest,
        ("litecoin", "main") => LitecoinNetworks.Instance.Mainnet,
        ("litecoin", "test") => LitecoinNetworks.Instance.Testnet,
        ("litecoin", "regtest") => LitecoinNetworks.Instance.Regtest,
        _ => throw new ArgumentException($"no addresses are known of {network.Coin} {network.Chain}", nameof(network)),
    };

    /// <summary>Whether keys and addresses are those of real money.</summary>
    public static bool IsMain(Network network) => network.Chain == "main";
}
