using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Math.EC.Multiplier;

namespace NBitcoin.Crypto;

/// <summary>Points of Bitcoin's curve. Source: SEC 1 and SEC 2, by BouncyCastle.</summary>
internal static class Secp256k1
{
    private static readonly Org.BouncyCastle.Asn1.X9.X9ECParameters Curve = CustomNamedCurves.GetByName("secp256k1");

    /// <summary>The point of a 33 or 65 byte encoding; refuses what is not on the curve.</summary>
    public static ECPoint Decode(ReadOnlySpan<byte> encoded)
    {
        bool isKey = (encoded.Length == 33 && encoded[0] is 2 or 3) || (encoded.Length == 65 && encoded[0] == 4);
        if (!isKey)
            throw new FormatException("Invalid public key");
        try
        {
            return Curve.Curve.DecodePoint(encoded);
        }
        catch (ArgumentException notOnCurve)
        {
            throw new FormatException("Invalid public key", notOnCurve);
        }
    }

    /// <summary>
    /// parent + G·tweak, or null in the one case of 2^127 in which BIP-32 says to go on with the next index.
    /// </summary>
    public static ECPoint? Add(ECPoint parent, byte[] tweak)
    {
        BigInteger scalar = new(1, tweak);
        if (scalar.CompareTo(Curve.N) >= 0)
            return null;
        // The comb keeps multiples of G from one call to the next: three times as fast as from scratch.
        ECPoint child = new FixedPointCombMultiplier().Multiply(Curve.G, scalar).Add(parent).Normalize();
        return child.IsInfinity ? null : child;
    }
}
