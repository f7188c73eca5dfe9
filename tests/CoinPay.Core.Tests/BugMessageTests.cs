using CoinPay.Core;
using Xunit;
using static CoinPay.Tests.Core.InvoiceSpec;
using static CoinPay.Tests.Core.InvoiceSteps;

namespace CoinPay.Tests.Core;

/// <summary>A bug's message names what was not foreseen, so that its place can be found from a log alone.</summary>
public sealed class BugMessageTests
{
    private static readonly DateTimeOffset At = InvoiceWorld.Opened;

    [Fact]
    public void An_event_outside_the_set_is_named()
    {
        Names("event Unheard", () => new Unheard(At).Why());
        Names("event Unheard", () => new Unheard(At).WebhookType());
        Names("event Unheard", () => Invoice.Evolve(Opened(), new Unheard(At)));
    }

    [Fact]
    public void A_command_outside_the_set_is_named() =>
        Names("command Unheardof", () => InvoiceDecider.Decide(Opened(), new Unheardof(At)));

    [Fact]
    public void A_status_and_an_exception_outside_the_set_are_named()
    {
        Names("InvoiceStatus 99 has no name", () => ((InvoiceStatus)99).Text());
        Names("InvoiceStatus 99 has no name", () => (Opened() with { Status = (InvoiceStatus)99 }).Explanation(_ => null));
        Names("Unheard is not in the set of InvoiceEvent", () => new Unheard(At).Name());
        Names("'Paid' is not a value of InvoiceStatus", () => WireName.Read<InvoiceStatus>("Paid"));
        Names("exception 99", () => ((ExceptionType)99).Meaning());
        Names("exception 99", () => ExceptionRules.Actions((ExceptionType)99));
    }

    [Fact]
    public void A_status_that_nothing_leads_to_or_from_is_named()
    {
        InvoiceCommand.Advance nothingNew = new(new([], null), At);
        Names("status 99", () => InvoiceDecider.Decide(Opened() with { Status = (InvoiceStatus)99 }, nothingNew));
        Names(
            "no way from Cancelled to Created",
            () => InvoiceDecider.Decide(Opened() with { Status = InvoiceStatus.Cancelled }, nothingNew));
    }

    [Fact]
    public void A_finality_tag_outside_the_set_is_named() =>
        Names("tag 99", () => new ChainKnowledge(1, 1, 1, At).IsDeep(1, RequiredDepth.Of((FinalityTag)99)));

    [Fact]
    public void An_exception_that_is_not_open_is_named() =>
        Names(
            "no open exception 7",
            () => Invoice.Evolve(Opened(), new ExceptionResolved(7, 1, ExceptionAction.Ignore, null, "key_1", At)));

    [Fact]
    public void A_number_that_is_none_is_named()
    {
        Names("a price that is not a decimal: 1,5", () => new Price("1,5", "EUR").Value);
        Names(
            "not a number: 1,01",
            () => Given(Due(1_000, late: LatePolicy.AcceptIfRateWithin, rate: "1", rateWithin: 2), WindowCloses, RateIs("1,01"))
                .When(Deep("a", 1_000)));
        Names("rate 1,1", () => Quote.Of(new("1", "EUR"), new("1,1", "EUR/USDT", "test", At), Usdt));
    }

    [Fact]
    public void Rules_that_never_come_to_rest_end_after_a_thousand_events()
    {
        Unfolding life = new(Opened());
        for (int i = 0; i < 1_000; i++)
            life.Happens(new InvoicePaid(At));
        Names("expected Events.Count < MaxEvents", () =>
        {
            life.Happens(new InvoicePaid(At));
            return null;
        });
    }

    private static Invoice Opened() => Invoice.Evolve(null, new InvoiceCreated(Terms(1), At));

    private static void Names(string message, Func<object?> mistake) =>
        Assert.Equal(message, Assert.Throws<BugException>(mistake).Message);

    private sealed record Unheard(DateTimeOffset At) : InvoiceEvent(At);

    private sealed record Unheardof(DateTimeOffset At) : InvoiceCommand(At);
}
