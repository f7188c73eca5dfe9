using System.Security.Cryptography;
using NBitcoin.Crypto;
using SimpleBase;

namespace NBitcoin.DataEncoders;

/// <summary>Text forms of bytes.</summary>
public abstract class DataEncoder
{
    private protected DataEncoder()
    {
    }

    /// <summary>The bytes of a text.</summary>
    /// <exception cref="FormatException">The text is not of this form, or its checksum is wrong.</exception>
    public abstract byte[] DecodeData(string encoded);

    public abstract string EncodeData(byte[] data, int offset, int count);

    public string EncodeData(byte[] data) => EncodeData(data, 0, data.Length);
}

/// <summary>
/// Base58 with the first four bytes of a double SHA-256 behind. Source: Bitcoin Core, src/base58.cpp.
/// </summary>
internal sealed class Base58CheckEncoder : DataEncoder
{
    private const int ChecksumLength = 4;

    public override byte[] DecodeData(string encoded)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        byte[] whole = Decode(encoded);
        if (whole.Length < ChecksumLength)
            throw new FormatException("Invalid base58 data");
        ReadOnlySpan<byte> data = whole.AsSpan(..^ChecksumLength);
        ReadOnlySpan<byte> checksum = Digests.DoubleSha256(data).AsSpan(..ChecksumLength);
        return CryptographicOperations.FixedTimeEquals(checksum, whole.AsSpan(^ChecksumLength..))
            ? data.ToArray()
            : throw new FormatException("Invalid hash of the base58 string");
    }

    public override string EncodeData(byte[] data, int offset, int count)
    {
        ReadOnlySpan<byte> part = data.AsSpan(offset, count);
        return Base58.Bitcoin.Encode([.. part, .. Digests.DoubleSha256(part).AsSpan(..ChecksumLength)]);
    }

    private static byte[] Decode(string encoded)
    {
        // Checked here: the library's own look-up reads past its table for a character above ASCII.
        if (encoded.AsSpan().IndexOfAnyExcept(Base58.Bitcoin.Alphabet.Value) >= 0)
            throw new FormatException("Invalid base58 data");
        try
        {
            return Base58.Bitcoin.Decode(encoded);
        }
        catch (ArgumentException notBase58)
        {
            throw new FormatException("Invalid base58 data", notBase58);
        }
    }
}

/// <summary>The encoders by name.</summary>
public static class Encoders
{
    public static DataEncoder Base58Check { get; } = new Base58CheckEncoder();
}
