using System.Numerics;
using CoinPay.Core;
using CsCheck;
using Xunit;
using static CoinPay.Tests.Core.InvoiceSteps;

namespace CoinPay.Tests.Core;

/// <summary>Amounts go in and out as text without losing a base unit, and nothing that is not one goes in.</summary>
public sealed class AmountTests
{
    private static readonly Gen<Asset> AnyAsset = Gen.Int[0, 30].Select(decimals => Usdt with { Decimals = decimals });

    /// <summary>Up to a uint256, small and large alike.</summary>
    private static readonly Gen<BigInteger> AnyBase = Gen.Byte.Array[0, 32].Select(bytes =>
        new BigInteger(bytes, isUnsigned: true));

    [Theory]
    [InlineData("49.90", 49_900_000, "49.9")]
    [InlineData("0.000001", 1, "0.000001")]
    [InlineData("0", 0, "0")]
    [InlineData("0.0", 0, "0")]
    [InlineData("1000000", 1_000_000_000_000, "1000000")]
    [InlineData("53.95188", 53_951_880, "53.95188")]
    public void A_decimal_is_read_exactly_and_written_without_trailing_zeros(string text, long expected, string written)
    {
        Assert.Null(Amount.TryParse(Usdt, text, out Amount? amount));
        Assert.Equal(expected, amount!.Base);
        Assert.Equal(written, amount.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1e3")]
    [InlineData("1,5")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData(".")]
    [InlineData("1.2.3")]
    [InlineData("01")]
    [InlineData("00")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("١")]
    [InlineData("1_000")]
    public void What_is_not_a_plain_decimal_is_refused(string text)
    {
        Assert.Equal(AmountRefusal.NotADecimal, Amount.TryParse(Usdt, text, out Amount? amount));
        Assert.Null(amount);
    }

    [Theory]
    [InlineData("1.0000000", 6, 1_000_000)]
    [InlineData("1.2345670", 6, 1_234_567)]
    [InlineData("1.0", 0, 1)]
    [InlineData("0.000", 0, 0)]
    public void Zeros_beyond_the_assets_decimals_change_nothing(string text, int decimals, long expected)
    {
        Assert.Null(Amount.TryParse(Usdt with { Decimals = decimals }, text, out Amount? amount));
        Assert.Equal(expected, amount!.Base);
    }

    [Theory]
    [InlineData("1.0000001", 6)]
    [InlineData("1.00000010", 6)]
    [InlineData("1.5", 0)]
    public void Any_other_digit_beyond_the_assets_decimals_is_refused(string text, int decimals) =>
        Assert.Equal(AmountRefusal.TooManyDecimals, Amount.TryParse(Usdt with { Decimals = decimals }, text, out _));

    [Fact]
    public void A_text_longer_than_any_amount_is_refused_unread() =>
        Assert.Equal(AmountRefusal.NotADecimal, Amount.TryParse(Usdt, new string('9', Amount.MaxTextLength + 1), out _));

    [Fact]
    public void The_largest_amount_is_a_uint256_and_one_more_is_refused()
    {
        Asset whole = Usdt with { Decimals = 0 };
        Assert.Null(Amount.TryParse(whole, Amount.MaxBase.ToString(), out Amount? most));
        Assert.Equal(BigInteger.Pow(2, 256) - 1, most!.Base);
        Assert.Equal(AmountRefusal.TooLarge, Amount.TryParse(whole, (Amount.MaxBase + 1).ToString(), out _));
    }

    [Fact]
    public void Every_amount_is_read_back_as_it_was_written() =>
        Gen.Select(AnyAsset, AnyBase).Sample(
            (asset, units) =>
            {
                Amount amount = new(asset, units);
                Assert.Null(Amount.TryParse(asset, amount.ToString(), out Amount? again));
                Assert.Equal(amount, again);
            },
            iter: Cases.Count);

    [Fact]
    public void Any_text_is_read_or_refused_and_what_is_read_means_the_same_when_written() =>
        Gen.Char["0123456789.-+e ٣"].Array[0, 12].Select(characters => new string(characters)).Sample(
            text =>
            {
                if (Amount.TryParse(Ether, text, out Amount? amount) is null)
                    Assert.Equal(decimal.Parse(text), decimal.Parse(amount!.ToString()));
            },
            iter: Cases.Count);

    [Fact]
    public void Sums_and_differences_are_exact_at_any_size() =>
        Gen.Select(AnyBase, AnyBase).Sample(
            (one, other) =>
            {
                (Amount a, Amount b) = (new(Usdt, one), new(Usdt, other));
                Assert.Equal(one + other, (a + b).Base);
                Assert.Equal(a, a + b - b);
                Assert.Equal(one < other, a < b);
                Assert.Equal(one >= other, a >= b);
                Assert.Equal(one.CompareTo(other), a.CompareTo(b));
            },
            iter: Cases.Count);

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(2, 1)]
    public void Amounts_compare_as_their_base_units_do(long one, long other)
    {
        (Amount a, Amount b) = (new(Usdt, one), new(Usdt, other));
        Assert.Equal((one < other, one <= other, one > other, one >= other), (a < b, a <= b, a > b, a >= b));
    }

    [Fact]
    public void Mixing_two_assets_throws()
    {
        (Amount usdt, Amount ether) = (new(Usdt, 1), new(Ether, 1));
        Assert.Throws<BugException>(() => usdt + ether);
        Assert.Throws<BugException>(() => usdt - ether);
        Assert.Throws<BugException>(() => usdt < ether);
        Assert.Throws<BugException>(() => usdt <= ether);
        Assert.Throws<BugException>(() => usdt.CompareTo(ether));
    }

    [Fact]
    public void No_amount_is_negative()
    {
        Assert.Throws<BugException>(() => new Amount(Usdt, -1));
        Assert.Throws<BugException>(() => new Amount(Usdt, 1) - new Amount(Usdt, 2));
    }

    [Theory]
    [InlineData(-15, 1, "-1.5")]
    [InlineData(-1, 3, "-0.001")]
    [InlineData(0, 5, "0")]
    [InlineData(120, 0, "120")]
    [InlineData(120, 1, "12")]
    public void A_balance_below_zero_is_written_with_its_sign(long unscaled, int scale, string expected) =>
        Assert.Equal(expected, DecimalText.Write(unscaled, scale));

    [Fact]
    public void An_asset_knows_its_network() => Assert.Equal("eip155:31337", Usdt.Network);
}
