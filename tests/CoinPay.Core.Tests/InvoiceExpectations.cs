using CoinPay.Core;

namespace CoinPay.Tests.Core;

/// <summary>What must follow, in words. All of it speaks of the time since the last <c>When</c>.</summary>
internal static class InvoiceExpectations
{
    public static Expectation Is(InvoiceStatus status) => world => Assert.Equal(status, world.State!.Status);

    /// <summary>What the customer is shown.</summary>
    public static Expectation Shows(string text) => world => Assert.Equal(text, world.State!.CustomerText());

    /// <summary>Exactly these webhooks, in this order, each without its <c>invoice.</c>.</summary>
    public static Expectation Tells(params string[] types) => world => Assert.Equal(
        types.Select(type => "invoice." + type), world.Observed.Select(happened => happened.WebhookType()).OfType<string>());

    /// <summary>Nothing happened: no event, no new version.</summary>
    public static Expectation NothingHappens { get; } = world =>
    {
        Assert.Empty(world.Observed);
        Assert.Equal(world.Before!.Version, world.State!.Version);
    };

    /// <summary>Exactly these events, by name and in order.</summary>
    public static Expectation Happens(params string[] names) =>
        world => Assert.Equal(names, world.Observed.Select(happened => happened.GetType().Name));

    /// <summary>The transfer stands no more, its money is not counted any more, and the merchant is told.</summary>
    public static Expectation Reverted(string hash, long amount) => world =>
    {
        Assert.False(world.State!.Transfers[hash + ".0"].Stands);
        Assert.Contains(world.Observed, happened => happened is TransferLost lost && lost.Key == hash + ".0");
        Assert.Equal(world.Before!.Seen - amount, world.State.Seen);
        Assert.Contains(world.Observed, happened => happened is PaymentReverted);
    };

    public static Expectation StepsBackTo(InvoiceStatus status) => world =>
    {
        Assert.Equal(status, Assert.Single(world.Observed.OfType<PaymentReverted>()).To);
        Assert.Equal(status, world.State!.Status);
    };

    public static Expectation Has(long seen, long confirmed) => world =>
    {
        Assert.Equal(seen, world.State!.Seen);
        Assert.Equal(confirmed, world.State.Confirmed);
    };

    /// <summary>How a transfer stands now.</summary>
    public static Expectation Stands(string hash, TransferStatus status) =>
        world => Assert.Equal(status, world.State!.Transfers[hash + ".0"].Status);

    /// <summary>Where the money is in the books.</summary>
    public static Expectation Books(long invoice = 0, long available = 0, long overpaid = 0) => world =>
    {
        Assert.Equal(invoice, world.Balance(Account.Invoice(InvoiceSteps.Id)));
        Assert.Equal(available, world.Balance(Account.Available(InvoiceSteps.Merchant)));
        Assert.Equal(overpaid, world.Balance(Account.Overpaid(InvoiceSteps.Merchant)));
    };

    /// <summary>Exactly these exceptions are open.</summary>
    public static Expectation Open(params ExceptionType[] types) => world => Assert.Equal(
        types, world.State!.Exceptions.Where(known => known.IsOpen).Select(known => known.Type));

    /// <summary>The open exception is about this much.</summary>
    public static Expectation IsAbout(long amount) =>
        world => Assert.Equal(amount, Assert.Single(world.State!.Exceptions, known => known.IsOpen).Amount);

    /// <summary>Confirmed money that nobody asked for.</summary>
    public static Expectation Refundable(long amount, Asset asset) =>
        world => Assert.Equal(amount, world.Balance(Account.Refundable(InvoiceSteps.Merchant), asset));

    public static Expectation MayBeFulfilled(bool may) => world => Assert.Equal(may, world.State!.MayBeFulfilled);

    public static Expectation Refused(RejectionReason? reason) => world => Assert.Equal(reason, world.Refusal?.Reason);

    /// <summary>Refused, in exactly these words.</summary>
    public static Expectation Refused(RejectionReason reason, string detail) =>
        world => Assert.Equal(new Rejection(reason, detail), world.Refusal);

    public static Expectation Takes(int commits) => world => Assert.Equal(commits, world.Commits);

    public static Expectation NextDeadlineIs(DateTimeOffset? at) =>
        world => Assert.Equal(at, InvoiceDecider.NextDeadline(world.State!));

    /// <summary>Whether nothing is looked out for any more, a moment before the end of the watch and at it.</summary>
    public static Expectation IsFinished(bool before, bool after) => world =>
    {
        DateTimeOffset end = world.State!.Terms.MonitorUntil;
        Assert.Equal(
            (before, after),
            (InvoiceDecider.IsFinished(world.State, end - TimeSpan.FromSeconds(1)), InvoiceDecider.IsFinished(world.State, end)));
    };
}
