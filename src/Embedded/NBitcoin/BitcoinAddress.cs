using NBitcoin.DataEncoders;

namespace NBitcoin;

/// <summary>An address of one network.</summary>
public abstract class BitcoinAddress
{
    private readonly string _text;

    protected BitcoinAddress(string str, Network network)
    {
        ArgumentNullException.ThrowIfNull(str);
        ArgumentNullException.ThrowIfNull(network);
        _text = str;
        Network = network;
    }

    public Network Network { get; }

    /// <summary>The script that pays this address.</summary>
    public Script ScriptPubKey => GeneratePaymentScript();

    /// <summary>Reads P2PKH, P2SH, P2WPKH, P2WSH and P2TR addresses.</summary>
    /// <exception cref="FormatException">
    /// No address of this network, a wrong checksum, or a witness version without rules.
    /// </exception>
    public static BitcoinAddress Create(string str, Network expectedNetwork)
    {
        ArgumentNullException.ThrowIfNull(str);
        ArgumentNullException.ThrowIfNull(expectedNetwork);
        return Witness(str, expectedNetwork) ?? Hashed(str, expectedNetwork)
            ?? throw new FormatException("No address of " + expectedNetwork);
    }

    public override string ToString() => _text;

    protected abstract Script GeneratePaymentScript();

    private static BitcoinAddress? Witness(string text, Network network) =>
        SegwitText.Decode(network.Bech32, text) switch
        {
            (0, { Length: 20 } hash) => new BitcoinWitPubKeyAddress(new WitKeyId(hash), network),
            (0, { Length: 32 } hash) => new BitcoinWitScriptAddress(hash, network),
            (1, { Length: 32 } key) => new TaprootAddress(new TaprootPubKey(key), network),
            _ => null,
        };

    private static BitcoinAddress? Hashed(string text, Network network)
    {
        byte[] data = Encoders.Base58Check.DecodeData(text);
        if (data.Length != 21)
            return null;
        if (data[0] == network.PubKeyHashVersion)
            return new BitcoinPubKeyAddress(new KeyId(data[1..]), network);
        return data[0] == network.ScriptHashVersion ? new BitcoinScriptAddress(data[1..], network) : null;
    }
}

/// <summary>P2PKH.</summary>
public class BitcoinPubKeyAddress : BitcoinAddress
{
    private readonly KeyId _hash;

    public BitcoinPubKeyAddress(KeyId keyId, Network network)
        : base(Encoders.Base58Check.EncodeData([network.PubKeyHashVersion, .. keyId.ToBytes()]), network) =>
        _hash = keyId;

    protected override Script GeneratePaymentScript() => _hash.ScriptPubKey;
}

/// <summary>P2SH.</summary>
public class BitcoinScriptAddress : BitcoinAddress
{
    private readonly byte[] _hash;

    internal BitcoinScriptAddress(byte[] hash, Network network)
        : base(Encoders.Base58Check.EncodeData([network.ScriptHashVersion, .. hash]), network) => _hash = hash;

    protected override Script GeneratePaymentScript() => Script.PayToScriptHash(_hash);
}

/// <summary>P2WPKH.</summary>
public class BitcoinWitPubKeyAddress : BitcoinAddress
{
    private readonly WitKeyId _hash;

    public BitcoinWitPubKeyAddress(WitKeyId segwitKeyId, Network network)
        : base(SegwitText.Encode(network.Bech32, 0, segwitKeyId.ToBytes()), network) => _hash = segwitKeyId;

    protected override Script GeneratePaymentScript() => _hash.ScriptPubKey;
}

/// <summary>P2WSH.</summary>
public class BitcoinWitScriptAddress : BitcoinAddress
{
    private readonly byte[] _hash;

    internal BitcoinWitScriptAddress(byte[] hash, Network network)
        : base(SegwitText.Encode(network.Bech32, 0, hash), network) => _hash = hash;

    protected override Script GeneratePaymentScript() => Script.PayToWitness(0, _hash);
}

/// <summary>P2TR. Source: BIP-341, BIP-350.</summary>
public class TaprootAddress : BitcoinAddress
{
    private readonly TaprootPubKey _key;

    public TaprootAddress(TaprootPubKey pubKey, Network network)
        : base(SegwitText.Encode(network.Bech32, 1, pubKey.ToBytes()), network) => _key = pubKey;

    protected override Script GeneratePaymentScript() => Script.PayToWitness(1, _key.ToBytes());
}

/// <summary>The x coordinate of a point of the curve. Source: BIP-340.</summary>
public class TaprootPubKey
{
    private readonly byte[] _x;

    /// <exception cref="FormatException">Not the 32 bytes of a point's x coordinate.</exception>
    public TaprootPubKey(byte[] pubkey)
    {
        Crypto.Secp256k1.Decode([2, .. pubkey]);
        _x = [.. pubkey];
    }

    public byte[] ToBytes() => [.. _x];
}
