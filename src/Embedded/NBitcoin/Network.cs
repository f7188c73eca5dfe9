namespace NBitcoin;

/// <summary>
/// The address formats of one chain. Source: chainparams.cpp of Bitcoin Core and of Litecoin Core (base58Prefixes,
/// bech32_hrp).
/// </summary>
public class Network
{
    private static readonly byte[] MainExtPubKey = [0x04, 0x88, 0xb2, 0x1e];
    private static readonly byte[] TestExtPubKey = [0x04, 0x35, 0x87, 0xcf];

    internal Network(string name, string bech32, byte pubKeyHash, byte scriptHash, bool main)
    {
        Name = name;
        Bech32 = bech32;
        PubKeyHashVersion = pubKeyHash;
        ScriptHashVersion = scriptHash;
        ExtPubKeyVersion = main ? MainExtPubKey : TestExtPubKey;
    }

    /// <summary>Bitcoin's main chain.</summary>
    public static Network Main { get; } = new("Main", "bc", 0x00, 0x05, main: true);

    /// <summary>Bitcoin's test chains; signet's addresses have the same form.</summary>
    public static Network TestNet { get; } = new("TestNet", "tb", 0x6f, 0xc4, main: false);

    /// <summary>Bitcoin's private chain for tests.</summary>
    public static Network RegTest { get; } = new("RegTest", "bcrt", 0x6f, 0xc4, main: false);

    public string Name { get; }

    internal string Bech32 { get; }

    internal byte PubKeyHashVersion { get; }

    internal byte ScriptHashVersion { get; }

    internal byte[] ExtPubKeyVersion { get; }

    public override string ToString() => Name;
}

/// <summary>The chains of one coin.</summary>
public abstract class NetworkSetBase
{
    private readonly Lazy<Network> _main;
    private readonly Lazy<Network> _test;
    private readonly Lazy<Network> _regtest;

    private protected NetworkSetBase(Func<Network> main, Func<Network> test, Func<Network> regtest)
    {
        _main = new Lazy<Network>(main);
        _test = new Lazy<Network>(test);
        _regtest = new Lazy<Network>(regtest);
    }

    /// <summary>The coin's ticker.</summary>
    public abstract string CryptoCode { get; }

    public Network Mainnet => _main.Value;

    public Network Testnet => _test.Value;

    public Network Regtest => _regtest.Value;
}
