namespace CoinPay.Core;

/// <summary>
/// The rules of an invoice's life: what a command leads to in a state. Pure; the clock and the chain are arguments.
/// </summary>
public static class InvoiceDecider
{
    /// <summary>
    /// Transfers taken up in one commit; the next commit goes on. One batch of the store holds 100 rows.
    /// </summary>
    public const int MaxTransfersPerCommit = 15;

    public static Decision Decide(Invoice? state, InvoiceCommand command) => (state, command) switch
    {
        (null, CreateInvoice create) => new([new InvoiceCreated(create.Terms, create.At)]),
        (not null, CreateInvoice) => Decision.Refuse("already_exists", "The invoice exists already."),
        (null, _) => Decision.Refuse("not_found", "There is no such invoice."),
        (_, AdvanceInvoice advance) => new(Advance(state, advance)),
        (_, CancelInvoice cancel) => Cancel(state, cancel),
        _ => throw new BugException("command " + command.GetType().Name),
    };

    /// <summary>The next instant at which time alone may change the invoice, or null.</summary>
    public static DateTimeOffset? NextDeadline(Invoice state) => state.WindowClosed ? null : state.Terms.ExpiresAt;

    private static List<InvoiceEvent> Advance(Invoice state, AdvanceInvoice advance)
    {
        List<InvoiceEvent> events = [];
        Invoice now = state;
        void Happens(InvoiceEvent happened)
        {
            events.Add(happened);
            now = Invoice.Evolve(now, happened);
        }

        foreach (TransferChange change in TransferRules.Changes(state, advance.View).Take(MaxTransfersPerCommit))
            foreach (InvoiceEvent happened in change.Events(advance.At))
                Happens(happened);
        bool isComplete = !TransferRules.Changes(now, advance.View).Any();
        if (isComplete && !now.WindowClosed
            && advance.View.Chain is { } chain && chain.CompletePollBeganAt > now.Terms.ExpiresAt)
            Happens(new PaymentWindowClosed(chain.CompletePollBeganAt, advance.At));
        while (StatusRules.Next(state, now, advance.At) is { } changed)
            Happens(changed);
        return events;
    }

    private static Decision Cancel(Invoice state, CancelInvoice cancel)
    {
        if (state.Status == InvoiceStatus.Cancelled)
            return new([]);
        return state.Status == InvoiceStatus.Created && state.Transfers.IsEmpty
            ? new([new InvoiceCancelled(cancel.By, cancel.At)])
            : Decision.Refuse(
                "not_cancellable",
                $"An invoice can be cancelled only while nothing was paid; this one is {state.Status.Text()}.");
    }
}
