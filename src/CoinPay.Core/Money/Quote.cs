using System.Numerics;

namespace CoinPay.Core;

/// <summary>
/// The merchant's price, as written: <c>49.90 EUR</c>, or <c>12.5 USDT</c> if the price is in the asset itself.
/// </summary>
public sealed record Price(string Amount, string Currency)
{
    /// <summary>The amount as an exact number.</summary>
    public (BigInteger Unscaled, int Scale) Value =>
        DecimalText.Read(Amount) ?? throw new BugException("a price that is not a decimal: " + Amount);
}

/// <summary>A locked exchange rate.</summary>
/// <param name="Value">Units of the asset for one unit of the currency, as decimal text.</param>
/// <param name="Pair"><c>EUR/USDT</c>: quote units per one unit of the base.</param>
/// <param name="Source">The source of the rate.</param>
/// <param name="LockedAt">When it was locked.</param>
public sealed record Rate(string Value, string Pair, string Source, DateTimeOffset LockedAt)
{
    /// <summary>What each source of a market rate answered; empty if no source was asked.</summary>
    public IReadOnlyList<RateAnswer> Answers { get; init; } = [];
}

/// <summary>
/// What is due for a price: exact if the price is in the asset, otherwise converted by a locked rate.
/// </summary>
public sealed record Quote(Price Price, Rate? Rate, Amount Due)
{
    /// <summary>Converts by <paramref name="rate"/>; the result is rounded by <see cref="RoundUp"/>.</summary>
    public static Quote Of(Price price, Rate rate, Asset asset)
    {
        (BigInteger amount, int amountScale) = price.Value;
        (BigInteger perUnit, int rateScale) = DecimalText.Read(rate.Value) ?? throw new BugException("rate " + rate.Value);
        Assert.That(perUnit.Sign > 0);
        BigInteger scaled = amount * perUnit * BigInteger.Pow(10, asset.Decimals);
        return new(price, rate, new(asset, RoundUp(scaled, BigInteger.Pow(10, amountScale + rateScale))));
    }

    /// <summary>
    /// The only place where money is rounded: up, to the payer's disadvantage by less than one base unit.
    /// </summary>
    private static BigInteger RoundUp(BigInteger numerator, BigInteger denominator) =>
        (numerator + denominator - 1) / denominator;
}
