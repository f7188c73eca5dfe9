using CoinPay.Core;
using Xunit;

namespace CoinPay.Tests.Core;

/// <summary>The sets are closed: a member that some switch forgot fails here before it fails a merchant.</summary>
public sealed class ClosedSetTests
{
    private static readonly DateTimeOffset At = InvoiceWorld.Opened;

    private static readonly Transfer Seen = new()
    {
        Key = "a.0",
        TransactionHash = "a",
        Ordinal = "0",
        AssetId = InvoiceSteps.Usdt.Id,
        Amount = 1,
        FirstSeenAt = At,
    };

    /// <summary>One of each event, with the webhook it is told by.</summary>
    private static readonly (InvoiceEvent Happened, string? WebhookType)[] Events =
    [
        (new InvoiceCreated(InvoiceSteps.Terms(1), At), "invoice.created"),
        (new TransferSeen(Seen, At), null),
        (new TransferMoved("a.0", new(1, "block", At), At), null),
        (new TransferConfirmed("a.0", 1, At), null),
        (new TransferLost("a.0", TransferStatus.Reorged, At), null),
        (new PaymentWindowClosed(At, At), null),
        (new PaymentDetected(At), "invoice.payment_detected"),
        (new ConfirmationStarted(At), "invoice.confirming"),
        (new InvoicePaid(At), "invoice.paid"),
        (new InvoiceUnderpaid(At), "invoice.underpaid"),
        (new InvoiceOverpaid(At), "invoice.overpaid"),
        (new InvoiceExpired(At), "invoice.expired"),
        (new InvoicePaidLate(At), "invoice.late_paid"),
        (new InvoiceCancelled("merchant", At), "invoice.cancelled"),
        (new PaymentReverted(InvoiceStatus.Created, At), "invoice.payment_reverted"),
        (new TransferAccepted("a.0", "merchant", At), null),
        (new TransferAttributed("a.0", "merchant", At), null),
        (new PaymentAccepted(1, null, 0, "merchant", At), null),
        (new MoneyKept("asset", 1, "merchant", At), null),
        (new AcceptanceSplit(ExceptionType.Stalled, "asset", "merchant", At), null),
        (new AcceptancesLapsed(At), null),
        (new ViewPartlyApplied(At), null),
        (new ViewApplied(At), null),
        (new TopUpRequested(At, "merchant", At), null),
        (new LateRateJudged(true, null, At), null),
        (new InvoiceFulfilled("merchant", At), null),
        (new ExceptionOpened(ExceptionType.Late, "asset", 1, At), "invoice.exception_opened"),
        (new ExceptionResolved(2, 1, ExceptionAction.Ignore, "note", "merchant", At), "invoice.exception_resolved"),
        (new ExceptionReopened(2, 1, "note", "merchant", At), "invoice.exception_opened"),
        (new RecoveryRequested(2, "anvil2", "settlement", "merchant", At), null),
        (new RecoveryFailed(2, "no gas", At), null),
        (new MoneyRecovered(2, "anvil2", "asset", 1, "tx", At), null),
    ];

    public static TheoryData<string> EventNames => [.. Members(typeof(InvoiceEvent)).Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(EventNames))]
    public void Every_event_is_folded_and_has_its_webhook_or_none(string name)
    {
        (InvoiceEvent happened, string? webhookType) = Events.Single(each => each.Happened.GetType().Name == name);
        Invoice opened = Invoice.Evolve(null, new InvoiceCreated(InvoiceSteps.Terms(1), At));
        Invoice? before = happened switch
        {
            InvoiceCreated => null,
            ExceptionResolved or RecoveryRequested => Excepted(opened),
            ExceptionReopened => Invoice.Evolve(
                Excepted(opened), new ExceptionResolved(2, 1, ExceptionAction.Ignore, null, "merchant", At)),
            RecoveryFailed or MoneyRecovered =>
                Invoice.Evolve(Excepted(opened), new RecoveryRequested(2, "anvil2", "settlement", "merchant", At)),
            _ => Invoice.Evolve(opened, new TransferSeen(Seen, At)),
        };
        Invoice after = Invoice.Evolve(before, happened);
        Assert.Equal((before?.Version ?? 0) + 1, after.Version);
        Assert.Equal(webhookType, happened.WebhookType());
    }

    private static Invoice Excepted(Invoice opened) =>
        Invoice.Evolve(opened, new ExceptionOpened(ExceptionType.Late, "asset", 1, At));

    [Fact]
    public void Every_event_says_in_the_timeline_what_happened_why_and_by_whom()
    {
        foreach (InvoiceEvent happened in Events.Select(each => each.Happened))
        {
            Assert.Matches("^[a-z]+(_[a-z]+)+$", happened.Name());
            Assert.EndsWith(".", happened.Why(), StringComparison.Ordinal);
            Assert.Contains(happened.By(), new[] { "merchant", "chain", "gateway" });
        }
    }

    [Fact]
    public void Every_command_is_decided_with_a_state_and_without()
    {
        InvoiceCommand[] commands =
        [
            new InvoiceCommand.Create(InvoiceSteps.Terms(1), At),
            new InvoiceCommand.Advance(new([], null), At),
            new InvoiceCommand.BookRecovery(1, 1, null, At),
            new InvoiceCommand.Cancel("merchant", At),
            new InvoiceCommand.Fulfil("ful_1", "merchant", At),
            new InvoiceCommand.NoteRecoveryFailure(1, "no gas", At),
            new InvoiceCommand.ReopenException(1, null, "merchant", At),
            new InvoiceCommand.ResolveException(1, ExceptionAction.Ignore, null, "merchant", At),
        ];
        Assert.Equal(Members(typeof(InvoiceCommand)), commands.Select(command => command.GetType()).OrderBy(type => type.Name));
        Invoice opened = Invoice.Evolve(null, new InvoiceCreated(InvoiceSteps.Terms(1), At));
        IEnumerable<Decision> decisions = commands.SelectMany(
            each => new[] { InvoiceDecider.Decide(null, each), InvoiceDecider.Decide(opened, each) });
        Assert.All(
            decisions.Select(decision => decision.Rejection).OfType<Rejection>(),
            rejection => Assert.Matches("^[A-Z].{10,}[.]$", rejection.Detail));
        Assert.Equal(
            [null, .. Enumerable.Repeat<RejectionReason?>(RejectionReason.NotFound, 7)],
            commands.Select(each => InvoiceDecider.Decide(null, each).Rejection?.Reason));
        Assert.Equal(
            [
                RejectionReason.AlreadyExists, null, null, null, RejectionReason.NotFulfillable, null, RejectionReason.NotReopenable,
                RejectionReason.NotFound,
            ],
            commands.Select(each => InvoiceDecider.Decide(opened, each).Rejection?.Reason));
    }

    [Fact]
    public void Every_exception_has_a_meaning_and_a_way_out()
    {
        foreach (ExceptionType type in Enum.GetValues<ExceptionType>())
        {
            Assert.EndsWith(".", type.Meaning(), StringComparison.Ordinal);
            Assert.Contains(ExceptionAction.Ignore, ExceptionRules.Actions(type));
        }
        Assert.Equal(
            ["underpaid", "overpaid", "late", "wrong_network", "wrong_asset", "reorged", "replaced", "stalled", "ambiguous"],
            Enum.GetValues<ExceptionType>().Select(type => type.Text()));
        Assert.Equal(
            ["accept_as_paid", "top_up_requested", "write_off", "ignore"],
            Enum.GetValues<ExceptionAction>().Select(action => action.Text()));
    }

    [Fact]
    public void An_event_outside_the_set_is_a_bug() =>
        Assert.Throws<BugException>(() =>
            Invoice.Evolve(Invoice.Evolve(null, new InvoiceCreated(InvoiceSteps.Terms(1), At)), new Unheard(At)));

    [Fact]
    public void An_event_before_creation_and_a_second_creation_are_bugs()
    {
        InvoiceCreated created = new(InvoiceSteps.Terms(1), At);
        Assert.Throws<BugException>(() => Invoice.Evolve(null, new InvoicePaid(At)));
        Assert.Throws<BugException>(() => Invoice.Evolve(Invoice.Evolve(null, created), created));
    }

    [Fact]
    public void An_invoice_of_nothing_is_a_bug() =>
        Assert.Throws<BugException>(() => Invoice.Evolve(null, new InvoiceCreated(InvoiceSteps.Terms(0), At)));

    [Fact]
    public void A_transfer_is_lost_as_replaced_or_reorged_and_in_no_other_way()
    {
        Invoice opened = Invoice.Evolve(null, new InvoiceCreated(InvoiceSteps.Terms(1), At));
        Invoice seen = Invoice.Evolve(opened, new TransferSeen(Seen, At));
        Assert.Throws<BugException>(() => Invoice.Evolve(seen, new TransferLost("a.0", TransferStatus.Confirmed, At)));
    }

    private static IEnumerable<Type> Members(Type set) =>
        set.Assembly.GetTypes().Where(type => type.IsSubclassOf(set) && !type.IsAbstract).OrderBy(type => type.Name);

    private sealed record Unheard(DateTimeOffset At) : InvoiceEvent(At);
}
