using System.Numerics;
using CoinPay.Core;
using CsCheck;
using Xunit;
using static CoinPay.Tests.Core.InvoiceSteps;

namespace CoinPay.Tests.Core;

/// <summary>A price becomes an amount: never less than the price, and by less than one base unit more.</summary>
public sealed class QuoteTests
{
    private static readonly Gen<string> PositiveDecimal = Gen.Select(
        Gen.Long[1, long.MaxValue], Gen.Int[0, 18], (unscaled, scale) => DecimalText.Write(unscaled, scale));

    [Theory]
    [InlineData("49.90", "1.0812", 53_951_880)]
    [InlineData("1", "0.3333333", 333_334)]
    [InlineData("0.01", "0.00001", 1)]
    [InlineData("3", "2", 6_000_000)]
    public void A_price_is_converted_by_the_rate_and_rounded_up(string price, string rate, long expected) =>
        Assert.Equal(expected, Converted(price, rate, Usdt).Due.Base);

    [Fact]
    public void The_quote_keeps_what_it_was_made_of()
    {
        Quote quote = Converted("49.90", "1.0812", Usdt);
        Assert.Equal(new Price("49.90", "EUR"), quote.Price);
        Assert.Equal("1.0812", quote.Rate!.Value);
        Assert.Equal(Usdt, quote.Due.Asset);
    }

    [Fact]
    public void What_is_due_is_never_below_the_price_and_less_than_one_base_unit_above() =>
        Gen.Select(PositiveDecimal, PositiveDecimal, Gen.Int[0, 18]).Sample(
            (price, rate, decimals) =>
            {
                BigInteger due = Converted(price, rate, Usdt with { Decimals = decimals }).Due.Base;
                ((BigInteger amount, int amountScale), (BigInteger perUnit, int rateScale)) =
                    (DecimalText.Read(price)!.Value, DecimalText.Read(rate)!.Value);
                BigInteger exactTimes = amount * perUnit * BigInteger.Pow(10, decimals);
                BigInteger times = BigInteger.Pow(10, amountScale + rateScale);
                Assert.True(due * times >= exactTimes);
                Assert.True((due - 1) * times < exactTimes);
                Assert.True(due > 0);
            },
            iter: Cases.Count);

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("")]
    public void A_rate_that_is_not_above_zero_is_a_bug(string rate) =>
        Assert.Throws<BugException>(() => Converted("1", rate, Usdt));

    [Fact]
    public void A_price_that_is_no_decimal_is_a_bug() => Assert.Throws<BugException>(() => Converted("1,5", "1", Usdt));

    private static Quote Converted(string price, string rate, Asset asset) =>
        Quote.Of(new(price, "EUR"), new(rate, "EUR/" + asset.Symbol, "test", InvoiceWorld.Opened), asset);
}
