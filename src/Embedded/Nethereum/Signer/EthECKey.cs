using System.Numerics;
using Nethereum.Hex.HexConvertors.Extensions;
using Nethereum.Model;
using Nethereum.Util;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math.EC;
using CurveInteger = Org.BouncyCastle.Math.BigInteger;

namespace Nethereum.Signer;

/// <summary>The private key of an Ethereum account.</summary>
public class EthECKey
{
    private const int KeyLength = 32;
    private static readonly X9ECParameters Curve = CustomNamedCurves.GetByName("secp256k1");
    private static readonly ECDomainParameters Domain = new(Curve);
    private readonly CurveInteger _secret;
    private readonly ECPoint _public;

    /// <summary>A key of 32 bytes of hex, with or without <c>0x</c>.</summary>
    /// <exception cref="ArgumentException">
    /// Not 32 bytes, zero, or not below the curve's order. The text is never shown.
    /// </exception>
    public EthECKey(string privateKey)
    {
        byte[] bytes = privateKey.HexToByteArray();
        _secret = new CurveInteger(1, bytes);
        if (bytes.Length != KeyLength || _secret.SignValue == 0 || _secret.CompareTo(Curve.N) >= 0)
            throw new ArgumentException("Not a private key of secp256k1.", nameof(privateKey));
        _public = Curve.G.Multiply(_secret).Normalize();
    }

    /// <summary>The account's address, checksummed: the last 20 bytes of the public key's hash.</summary>
    public string GetPublicAddress() => AddressUtil.Current.ConvertToChecksumAddress(
        Sha3Keccack.Current.CalculateHash(_public.GetEncoded(compressed: false)[1..])[12..]);

    /// <summary>Signs a hash; V is the parity of the point R, 0 or 1. Source: EIP-2718 transactions.</summary>
    public EthECDSASignature SignAndCalculateYParityV(byte[] hash)
    {
        (CurveInteger r, CurveInteger s) = Sign(hash);
        return new EthECDSASignature(r, s, [(byte)ParityOf(r, s, hash)]);
    }

    /// <summary>Signs a hash; V is 35 + 2 · chain + parity. Source: EIP-155.</summary>
    public EthECDSASignature SignAndCalculateV(byte[] hash, BigInteger chainId)
    {
        (CurveInteger r, CurveInteger s) = Sign(hash);
        BigInteger v = chainId * 2 + 35 + ParityOf(r, s, hash);
        return new EthECDSASignature(r, s, v.ToByteArray(isUnsigned: true, isBigEndian: true));
    }

    /// <summary>Deterministic nonces (RFC 6979), and of the two valid S the lower (EIP-2).</summary>
    private (CurveInteger R, CurveInteger S) Sign(byte[] hash)
    {
        ECDsaSigner signer = new(new HMacDsaKCalculator(new Sha256Digest()));
        signer.Init(forSigning: true, new ECPrivateKeyParameters(_secret, Domain));
        CurveInteger[] signature = signer.GenerateSignature(hash);
        bool high = signature[1].CompareTo(Curve.N.ShiftRight(1)) > 0;
        return (signature[0], high ? Curve.N.Subtract(signature[1]) : signature[1]);
    }

    /// <summary>Which of the two points with x = r gives this key back. Source: SEC 1, 4.1.6.</summary>
    private int ParityOf(CurveInteger r, CurveInteger s, byte[] hash)
    {
        CurveInteger inverse = r.ModInverse(Curve.N);
        CurveInteger ofG = inverse.Multiply(new CurveInteger(1, hash)).Negate().Mod(Curve.N);
        CurveInteger ofR = inverse.Multiply(s).Mod(Curve.N);
        for (int parity = 0; parity < 2; parity++)
        {
            ECPoint point = Curve.Curve.DecodePoint([(byte)(2 + parity), .. Fixed(r)]);
            if (ECAlgorithms.SumOfTwoMultiplies(Curve.G, ofG, point, ofR).Normalize().Equals(_public))
                return parity;
        }
        throw new InvalidOperationException("A signature does not give its key back.");
    }

    private static byte[] Fixed(CurveInteger number)
    {
        byte[] bytes = number.ToByteArrayUnsigned();
        return [.. new byte[KeyLength - bytes.Length], .. bytes];
    }
}

/// <summary>A signature of secp256k1 with what tells its key.</summary>
public class EthECDSASignature : ISignature
{
    public EthECDSASignature(CurveInteger r, CurveInteger s, byte[] v)
    {
        R = r.ToByteArrayUnsigned();
        S = s.ToByteArrayUnsigned();
        V = v;
    }

    public byte[] R { get; }

    public byte[] S { get; }

    public byte[] V { get; set; }
}
