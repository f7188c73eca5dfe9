using System.Text;
using Nethereum.Hex.HexConvertors.Extensions;
using Org.BouncyCastle.Crypto.Digests;

namespace Nethereum.Util;

/// <summary>Keccak-256 as Ethereum uses it: the padding of the Keccak submission, not that of FIPS 202.</summary>
public class Sha3Keccack
{
    private const int Bits = 256;

    public static Sha3Keccack Current { get; } = new();

    public byte[] CalculateHash(byte[] value)
    {
        KeccakDigest digest = new(Bits);
        digest.BlockUpdate(value);
        byte[] hash = new byte[digest.GetDigestSize()];
        digest.DoFinal(hash);
        return hash;
    }

    /// <summary>The hash of a text's UTF-8 bytes, as hex without a prefix.</summary>
    public string CalculateHash(string value) => CalculateHashAsBytes(value).ToHex();

    /// <summary>The hash of a text's UTF-8 bytes.</summary>
    public byte[] CalculateHashAsBytes(string value) => CalculateHash(Encoding.UTF8.GetBytes(value));
}
