using System.Buffers.Binary;
using System.Security.Cryptography;
using NBitcoin.Crypto;
using NBitcoin.DataEncoders;
using ECPoint = Org.BouncyCastle.Math.EC.ECPoint;

namespace NBitcoin;

/// <summary>A public key with the chain code that its children are derived with. Source: BIP-32.</summary>
public class ExtPubKey
{
    private const int Length = 74;
    private const uint FirstHardened = 0x80000000;
    private readonly byte[] _chainCode;

    /// <summary>The 74 bytes of a serialized key without its version.</summary>
    /// <exception cref="FormatException">
    /// A wrong length, no point of the curve, or a master key with a parent.
    /// </exception>
    public ExtPubKey(byte[] bytes)
    {
        if (bytes.Length != Length)
            throw new FormatException("An extended public key has 74 bytes.");
        Depth = bytes[0];
        ParentFingerprint = new HDFingerprint(bytes[1..5]);
        Child = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(5));
        _chainCode = bytes[9..41];
        PubKey = new PubKey(bytes[41..]);
        bool hasParent = bytes.AsSpan(1, 8).ContainsAnyExcept((byte)0);
        if (Depth == 0 && hasParent)
            throw new FormatException("A master key has no parent and no index.");
    }

    /// <summary>A key without a known parent: depth, parent and index are zero.</summary>
    public ExtPubKey(PubKey masterKey, byte[] chainCode)
        : this(masterKey, chainCode, 0, default, 0)
    {
    }

    public ExtPubKey(PubKey pubkey, byte[] chainCode, byte depth, HDFingerprint fingerprint, uint child)
    {
        if (chainCode.Length != 32)
            throw new FormatException("A chain code has 32 bytes.");
        PubKey = pubkey;
        _chainCode = [.. chainCode];
        Depth = depth;
        ParentFingerprint = fingerprint;
        Child = child;
    }

    public byte Depth { get; }

    /// <summary>The index it was derived at.</summary>
    public uint Child { get; }

    public HDFingerprint ParentFingerprint { get; }

    public PubKey PubKey { get; }

    public byte[] ChainCode => [.. _chainCode];

    /// <summary>The key of an <c>xpub…</c> of this network.</summary>
    /// <exception cref="FormatException">
    /// Not such a key: a checksum, a version, a length, or no point of the curve.
    /// </exception>
    public static ExtPubKey Parse(string wif, Network expectedNetwork)
    {
        byte[] data = Encoders.Base58Check.DecodeData(wif);
        int version = expectedNetwork.ExtPubKeyVersion.Length;
        return data.AsSpan().StartsWith(expectedNetwork.ExtPubKeyVersion)
            ? new ExtPubKey(data[version..])
            : throw new FormatException("Not an extended public key of " + expectedNetwork);
    }

    /// <summary>The child at an index below 2^31. Source: BIP-32, "Public parent key → public child key".</summary>
    /// <exception cref="InvalidOperationException">A hardened index, or the one in 2^127 that has no key.</exception>
    public ExtPubKey Derive(uint index)
    {
        if (index >= FirstHardened)
            throw new InvalidOperationException("A public key can't derive an hardened child");
        byte[] data = new byte[37];
        PubKey.ToBytes().CopyTo(data, 0);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(33), index);
        byte[] output = HMACSHA512.HashData(_chainCode, data);
        ECPoint key = Secp256k1.Add(PubKey.Point, output[..32])
            ?? throw new InvalidOperationException("This index has no key; the next one has.");
        return new ExtPubKey(new PubKey(key), output[32..], (byte)(Depth + 1), PubKey.GetHDFingerPrint(), index);
    }

    public byte[] ToBytes()
    {
        byte[] child = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(child, Child);
        return [Depth, .. ParentFingerprint.ToBytes(), .. child, .. _chainCode, .. PubKey.ToBytes()];
    }

    /// <summary>The <c>xpub…</c> or <c>tpub…</c> text of the key.</summary>
    public string ToString(Network network) =>
        Encoders.Base58Check.EncodeData([.. network.ExtPubKeyVersion, .. ToBytes()]);
}
