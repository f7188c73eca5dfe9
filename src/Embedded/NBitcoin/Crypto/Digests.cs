using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;

namespace NBitcoin.Crypto;

/// <summary>The two digests that Bitcoin combines.</summary>
internal static class Digests
{
    /// <summary>RIPEMD-160 of SHA-256: what a P2PKH, P2SH or P2WPKH script commits to.</summary>
    public static byte[] Hash160(ReadOnlySpan<byte> data)
    {
        RipeMD160Digest ripemd = new();
        ripemd.BlockUpdate(SHA256.HashData(data));
        byte[] hash = new byte[ripemd.GetDigestSize()];
        ripemd.DoFinal(hash);
        return hash;
    }

    /// <summary>SHA-256 of SHA-256: the checksum of Base58Check.</summary>
    public static byte[] DoubleSha256(ReadOnlySpan<byte> data) => SHA256.HashData(SHA256.HashData(data));
}
