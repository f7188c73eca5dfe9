using System.Numerics;

namespace CoinPay.Core;

/// <summary>
/// A non-negative quantity of one asset, in its base units. A <see cref="BigInteger"/>, because a token's log holds a
/// uint256. Arithmetic across two assets throws, and so does a negative quantity.
/// </summary>
public sealed record Amount(Asset Asset, BigInteger Base) : IComparable<Amount>
{
    /// <summary>The maximum of any asset's base units: a uint256 (Ethereum Yellow Paper, 9.1).</summary>
    public static readonly BigInteger MaxBase = BigInteger.Pow(2, 256) - 1;

    /// <summary>The longest text that is read as an amount; a uint256 has 78 digits.</summary>
    public const int MaxTextLength = 100;

    public BigInteger Base { get; init => field = NotNegative(value); } = NotNegative(Base);

    /// <summary>
    /// Reads <c>"49.90"</c>: digits, at most one point, no sign, no exponent, no leading zeros. Otherwise returns the
    /// reason.
    /// </summary>
    public static AmountRefusal? TryParse(Asset asset, string text, out Amount? amount)
    {
        amount = null;
        if (DecimalText.Read(text) is not { } number)
            return AmountRefusal.NotADecimal;
        if (number.Scale > asset.Decimals)
            return AmountRefusal.TooManyDecimals;
        BigInteger inBaseUnits = number.Unscaled * BigInteger.Pow(10, asset.Decimals - number.Scale);
        if (inBaseUnits > MaxBase)
            return AmountRefusal.TooLarge;
        amount = new(asset, inBaseUnits);
        return null;
    }

    public static Amount operator +(Amount left, Amount right) => new(left.Asset, left.Base + Same(left, right).Base);

    public static Amount operator -(Amount left, Amount right) => new(left.Asset, left.Base - Same(left, right).Base);

    public static bool operator <(Amount left, Amount right) => left.CompareTo(right) < 0;

    public static bool operator >(Amount left, Amount right) => left.CompareTo(right) > 0;

    public static bool operator <=(Amount left, Amount right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Amount left, Amount right) => left.CompareTo(right) >= 0;

    public int CompareTo(Amount? other) => Base.CompareTo(Same(this, other!).Base);

    /// <summary>The decimal text without trailing zeros: <c>53.95188</c>, <c>0</c>.</summary>
    public override string ToString() => DecimalText.Write(Base, Asset.Decimals);

    private static BigInteger NotNegative(BigInteger value)
    {
        Assert.That(value.Sign >= 0);
        return value;
    }

    private static Amount Same(Amount left, Amount right)
    {
        Assert.That(left.Asset.Id == right.Asset.Id);
        return right;
    }
}

/// <summary>Why a text is not an amount of an asset.</summary>
public enum AmountRefusal
{
    NotADecimal,
    TooManyDecimals,
    TooLarge,
}
