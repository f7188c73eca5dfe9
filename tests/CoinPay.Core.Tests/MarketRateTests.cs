using System.Numerics;
using CoinPay.Core;
using CsCheck;
using Xunit;

namespace CoinPay.Tests.Core;

/// <summary>What several markets answer becomes one rate, or none.</summary>
public sealed class MarketRateTests
{
    [Theory]
    [InlineData("100 101 99", "100", "")]
    [InlineData("100 101", "100.5", "")]
    [InlineData("0.92 0.9200 0.920", "0.92", "")]
    [InlineData("100 101 110", "100.5", "strays:110")]
    [InlineData("100 98 102", "100", "")]
    [InlineData("100 97.999 102.001", null, "strays:97.999 strays:102.001")]
    [InlineData("100 101 x", "100.5", "no_answer:")]
    [InlineData("100 x x", null, "no_answer: no_answer:")]
    [InlineData("x x x", null, "no_answer: no_answer: no_answer:")]
    [InlineData("90 110", null, "strays:90 strays:110")]
    [InlineData("100", "100", "")]
    [InlineData("x", null, "no_answer:")]
    [InlineData("1 1 1000 1000", null, "strays:1 strays:1 strays:1000 strays:1000")]
    public void The_median_of_those_that_agree_counts_and_at_least_two_of_several_must(
        string prices, string? expected, string leftOut)
    {
        (string? price, IReadOnlyList<RateAnswer> answers) = MarketRate.Agree(Answers(prices), 2);
        Assert.Equal(expected, price);
        Assert.Equal(leftOut, string.Join(' ', answers.Where(a => !a.Used).Select(a => $"{a.LeftOut}:{a.Price}")));
    }

    [Fact]
    public void A_rate_keeps_what_was_answered_and_names_those_it_was_made_of()
    {
        (string? price, IReadOnlyList<RateAnswer> answers) = MarketRate.Agree(Answers("0.5 x 0.5"), 2);
        Rate rate = MarketRate.Of(price!, answers, "EUR", "USDT", InvoiceWorld.Opened);
        Assert.Equal(("2", "EUR/USDT", "m0+m2"), (rate.Value, rate.Pair, rate.Source));
        Assert.Equal([true, false, true], rate.Answers.Select(answer => answer.Used));
    }

    [Theory]
    [InlineData("0.9249", "1.081197967348")]
    [InlineData("3", "0.3333333333333")]
    [InlineData("1.5", "0.6666666666667")]
    [InlineData("93412.35", "0.00001070522259637")]
    [InlineData("1", "1")]
    public void A_price_of_the_asset_is_turned_into_units_of_it_for_one_of_the_currency(string price, string expected) =>
        Assert.Equal(expected, MarketRate.Of(price, [], "EUR", "X", InvoiceWorld.Opened).Value);

    [Fact]
    public void What_a_price_comes_to_costs_at_the_market_what_was_asked_to_twelve_digits() =>
        Gen.Select(Gen.Long[1, long.MaxValue], Gen.Int[0, 30]).Sample(
            (unscaled, scale) =>
            {
                (BigInteger value, int valueScale) = DecimalText.Read(
                    MarketRate.Of(DecimalText.Write(unscaled, scale), [], "EUR", "X", InvoiceWorld.Opened).Value)!.Value;
                BigInteger one = BigInteger.Pow(10, scale + valueScale);
                Assert.True(BigInteger.Abs((value * unscaled) - one) * BigInteger.Pow(10, 11) <= one);
            },
            iter: Cases.Count);

    [Fact]
    public void A_price_of_zero_is_a_bug() =>
        Assert.Throws<BugException>(() => MarketRate.Of("0", [], "EUR", "X", InvoiceWorld.Opened));

    private static List<RateAnswer> Answers(string prices) => [.. prices.Split(' ').Select((price, index) => new RateAnswer(
        "m" + index, price == "x" ? null : price, InvoiceWorld.Opened, false, price == "x" ? MarketRate.NoAnswer : null))];
}
