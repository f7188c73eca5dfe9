namespace NBitcoin;

/// <summary>The condition that an output is locked with, as bytes.</summary>
public class Script
{
    private readonly byte[] _bytes;

    public Script(byte[] data) => _bytes = [.. data];

    public byte[] ToBytes() => [.. _bytes];

    /// <summary>Lower-case hex, as nodes show it in <c>scriptPubKey.hex</c>.</summary>
    public string ToHex() => Convert.ToHexStringLower(_bytes);

    /// <summary>OP_DUP OP_HASH160 &lt;hash&gt; OP_EQUALVERIFY OP_CHECKSIG.</summary>
    internal static Script PayToPubKeyHash(byte[] hash) => new([0x76, 0xa9, 0x14, .. hash, 0x88, 0xac]);

    /// <summary>OP_HASH160 &lt;hash&gt; OP_EQUAL. Source: BIP-16.</summary>
    internal static Script PayToScriptHash(byte[] hash) => new([0xa9, 0x14, .. hash, 0x87]);

    /// <summary>The version and one push of the program. Source: BIP-141.</summary>
    internal static Script PayToWitness(int version, byte[] program) =>
        new([(byte)(version == 0 ? 0 : 0x50 + version), (byte)program.Length, .. program]);
}
