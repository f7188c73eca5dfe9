using NBitcoin;
using NBitcoin.DataEncoders;

namespace CoinPay.Chains.Bitcoin;

/// <summary>
/// Litecoin's chains for NBitcoin, for addresses and extended public keys only. Everything else is copied from Bitcoin
/// and must not be used: blocks and transactions are read by the node, never by NBitcoin. Source: Litecoin Core,
/// src/chainparams.cpp (base58Prefixes, bech32_hrp). Its extended keys have Bitcoin's versions, so they are written as
/// xpub and tpub.
/// </summary>
internal sealed class LitecoinNetworks : NetworkSetBase
{
    private const byte MainKeyHash = 48, TestKeyHash = 111;

    /// <summary>
    /// SCRIPT_ADDRESS2, which Litecoin Core writes; SCRIPT_ADDRESS is Bitcoin's, which it still reads but no longer
    /// writes.
    /// </summary>
    private const byte MainScriptHash = 50, TestScriptHash = 58;

    private LitecoinNetworks()
    {
    }

    public static LitecoinNetworks Instance { get; } = new();

    public override string CryptoCode => "LTC";

    protected override NetworkBuilder CreateMainnet() =>
        Like(NBitcoin.Network.Main, "ltc-main", MainKeyHash, MainScriptHash, "ltc");

    protected override NetworkBuilder CreateTestnet() =>
        Like(NBitcoin.Network.TestNet, "ltc-test", TestKeyHash, TestScriptHash, "tltc");

    protected override NetworkBuilder CreateRegtest() =>
        Like(NBitcoin.Network.RegTest, "ltc-reg", TestKeyHash, TestScriptHash, "rltc");

    private static NetworkBuilder Like(
        NBitcoin.Network bitcoin, string name, byte keyHash, byte scriptHash, string bech32)
    {
        NetworkBuilder builder = new();
        builder.CopyFrom(bitcoin);
        Bech32Encoder encoder = Encoders.Bech32(bech32);
        return builder
            .SetName(name)
            .SetBase58Bytes(Base58Type.PUBKEY_ADDRESS, [keyHash])
            .SetBase58Bytes(Base58Type.SCRIPT_ADDRESS, [scriptHash])
            .SetBech32(Bech32Type.WITNESS_PUBKEY_ADDRESS, encoder)
            .SetBech32(Bech32Type.WITNESS_SCRIPT_ADDRESS, encoder)
            .SetBech32(Bech32Type.TAPROOT_ADDRESS, encoder);
    }
}
