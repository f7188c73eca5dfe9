using CoinPay.Core;
using Xunit;

namespace CoinPay.Tests.Core;

/// <summary>When an asset is offered, by what nodes have said about its settings.</summary>
public sealed class OfferCheckTests
{
    private static readonly OfferCheck Unasked = OfferCheck.Of("eip155:56 USDT 6");

    [Fact]
    public void Settings_that_no_node_has_confirmed_are_not_offered() =>
        Assert.Equal((OfferStatus.Unverified, (string?)null), (Unasked.Status, Unasked.Difference));

    [Fact]
    public void A_node_that_agrees_makes_it_offered() => Assert.Equal(OfferStatus.Offered, Unasked.After(null).Status);

    [Fact]
    public void A_difference_refuses_also_what_was_confirmed_before()
    {
        OfferCheck refused = Unasked.After(null).After("The contract says 18.");
        Assert.Equal((OfferStatus.Refused, "The contract says 18."), (refused.Status, refused.Difference));
        Assert.Equal(Unasked.After(null), refused.After(null));
    }

    [Fact]
    public void The_node_is_asked_hourly_and_every_minute_while_it_has_not_agreed()
    {
        Assert.Equal(TimeSpan.FromMinutes(1), Unasked.Interval);
        Assert.Equal(TimeSpan.FromMinutes(1), Unasked.After("It differs.").Interval);
        Assert.Equal(TimeSpan.FromHours(1), Unasked.After(null).Interval);
    }
}
