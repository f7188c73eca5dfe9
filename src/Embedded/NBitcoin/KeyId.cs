namespace NBitcoin;

/// <summary>HASH160 of a public key, as a P2PKH output names it.</summary>
public class KeyId
{
    private readonly byte[] _hash;

    public KeyId(byte[] value) => _hash = Hash160Of(value);

    public Script ScriptPubKey => Script.PayToPubKeyHash(_hash);

    public byte[] ToBytes() => [.. _hash];

    internal static byte[] Hash160Of(byte[] value) =>
        value.Length == 20 ? [.. value] : throw new FormatException("A key's hash has 20 bytes.");
}

/// <summary>HASH160 of a compressed public key, as a P2WPKH output names it.</summary>
public class WitKeyId
{
    private readonly byte[] _hash;

    public WitKeyId(byte[] value) => _hash = KeyId.Hash160Of(value);

    public Script ScriptPubKey => Script.PayToWitness(0, _hash);

    public byte[] ToBytes() => [.. _hash];
}

/// <summary>The first four bytes of a key's HASH160. Source: BIP-32, "Key identifiers".</summary>
public struct HDFingerprint
{
    private readonly uint _value;

    public HDFingerprint(byte[] bytes) => _value = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);

    public byte[] ToBytes() => [(byte)(_value >> 24), (byte)(_value >> 16), (byte)(_value >> 8), (byte)_value];

    /// <summary>Eight characters of lower-case hex.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToBytes());
}
