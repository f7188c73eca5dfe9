using NBitcoin.Crypto;

namespace NBitcoin;

/// <summary>Which script a public key is paid by.</summary>
public enum ScriptPubKeyType
{
    /// <summary>P2PKH.</summary>
    Legacy = 0,

    /// <summary>P2WPKH.</summary>
    Segwit = 1,
}

/// <summary>A public key of secp256k1; only points of the curve can be made.</summary>
public class PubKey
{
    private readonly byte[] _bytes;

    /// <summary>A key of 33 bytes, or of 65 uncompressed.</summary>
    /// <exception cref="FormatException">The bytes are no point of the curve.</exception>
    public PubKey(byte[] bytes)
    {
        Point = Secp256k1.Decode(bytes);
        _bytes = [.. bytes];
    }

    internal PubKey(Org.BouncyCastle.Math.EC.ECPoint point)
    {
        Point = point;
        _bytes = point.GetEncoded(compressed: true);
    }

    public bool IsCompressed => _bytes.Length == 33;

    public KeyId Hash => new(Digests.Hash160(_bytes));

    /// <exception cref="InvalidOperationException">
    /// The key is not compressed: no wallet could spend (BIP-143).
    /// </exception>
    public WitKeyId WitHash => IsCompressed
        ? new(Digests.Hash160(_bytes))
        : throw new InvalidOperationException("Only compressed keys have a WitHash.");

    internal Org.BouncyCastle.Math.EC.ECPoint Point { get; }

    public HDFingerprint GetHDFingerPrint() => new(Hash.ToBytes());

    public BitcoinAddress GetAddress(ScriptPubKeyType type, Network network) => type switch
    {
        ScriptPubKeyType.Legacy => new BitcoinPubKeyAddress(Hash, network),
        ScriptPubKeyType.Segwit => new BitcoinWitPubKeyAddress(WitHash, network),
        _ => throw new NotSupportedException("Unsupported script type: " + type),
    };

    public byte[] ToBytes() => [.. _bytes];

    public string ToHex() => Convert.ToHexStringLower(_bytes);

    public override string ToString() => ToHex();
}
