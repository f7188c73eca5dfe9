namespace CoinPay.Core;

/// <summary>
/// The rules of an invoice's life: what a command leads to in a state. Pure; the clock and the chain are arguments.
/// </summary>
public static class InvoiceDecider
{
    /// <summary>
    /// Transfers taken up in one commit; the next commit goes on. One batch of the store holds 100 rows, and a transfer may take
    /// seven: itself, two events with two lines of the ledger, and an exception that is told.
    /// </summary>
    public const int MaxTransfersPerCommit = 12;

    public static Decision Decide(Invoice? state, InvoiceCommand command) => (state, command) switch
    {
        (null, InvoiceCommand.Create create) => new([new InvoiceCreated(create.Terms, create.At)]),
        (not null, InvoiceCommand.Create) => Decision.Refuse(RejectionReason.AlreadyExists, "The invoice exists already."),
        (null, _) => Decision.Refuse(RejectionReason.NotFound, "There is no such invoice."),
        (_, InvoiceCommand.Advance advance) => Advance(state, advance),
        (_, InvoiceCommand.Cancel cancel) => Cancel(state, cancel),
        (_, InvoiceCommand.Fulfil fulfil) => Fulfil(state, fulfil),
        (_, InvoiceCommand.ResolveException resolve) => ExceptionDecider.Resolve(state, resolve),
        (_, InvoiceCommand.BookRecovery book) => RecoveryDecider.Book(state, book),
        (_, InvoiceCommand.NoteRecoveryFailure note) => RecoveryDecider.Note(state, note),
        _ => throw new BugException("command " + command.GetType().Name),
    };

    /// <summary>
    /// The next instant at which time alone may change the invoice's status or exceptions, or null. The end of the window is none
    /// for an invoice that is paid: it is closed when something else is decided.
    /// </summary>
    public static DateTimeOffset? NextDeadline(Invoice state)
    {
        DateTimeOffset? windowEnds = StatusRules.TurnsOnTheWindow(state) ? state.WindowEndsAt : null;
        DateTimeOffset? stalls = ExceptionRules.StallsAt(state);
        return windowEnds is null || stalls < windowEnds ? stalls : windowEnds;
    }

    /// <summary>
    /// Whether nothing is looked out for any more: the watch is over, the window closed, and nothing that came is still on its way.
    /// </summary>
    public static bool IsFinished(Invoice state, DateTimeOffset now) =>
        now >= state.Terms.MonitorUntil && state.WindowClosed
        && state.Counted.All(transfer => transfer.Status == TransferStatus.Confirmed);

    /// <summary>Whether late money waits for an exchange rate.</summary>
    public static bool WantsRate(Invoice state) => LateRules.WantsRate(state);

    private static Decision Advance(Invoice state, InvoiceCommand.Advance advance)
    {
        Unfolding life = new(state);
        foreach (TransferChange change in TransferRules.Changes(state, advance.View).Take(MaxTransfersPerCommit))
            foreach (InvoiceEvent happened in change.Events(advance.At))
                life.Happens(happened);
        bool isComplete = !TransferRules.Changes(life.Now, advance.View).Any();
        bool windowHasEnded = advance.View.Chain is { IsFinalityStalled: false } chain
            && chain.CompletePollBeganAt > life.Now.WindowEndsAt;
        if (isComplete && windowHasEnded && !life.Now.WindowClosed)
            life.Happens(new PaymentWindowClosed(advance.View.Chain!.CompletePollBeganAt, advance.At));
        if (LateRules.Judge(life.Now, advance) is { } judged)
            life.Happens(judged);
        life.Follow(advance.View.Chain, advance.At);
        return new(life.Events) { WantsRate = LateRules.WantsRate(life.Now) };
    }

    private static Decision Cancel(Invoice state, InvoiceCommand.Cancel cancel)
    {
        if (state.Status == InvoiceStatus.Cancelled)
            return new([]);
        return state.Status == InvoiceStatus.Created && state.Transfers.IsEmpty
            ? new([new InvoiceCancelled(cancel.By, cancel.At)])
            : Decision.Refuse(
                RejectionReason.NotCancellable,
                $"An invoice can be cancelled only while nothing was paid; this one is {state.Status.Text()}.");
    }

    /// <summary>Once, under the one key; what was fulfilled stays so when a reorg takes the money away.</summary>
    private static Decision Fulfil(Invoice state, InvoiceCommand.Fulfil fulfil)
    {
        if (fulfil.Key != state.Terms.FulfilmentKey)
            return Decision.Refuse(RejectionReason.FulfilmentKeyMismatch, "This is not the invoice's fulfilment key.");
        if (state.FulfilledAt is not null)
            return new([]);
        return state.MayBeFulfilled
            ? new([new InvoiceFulfilled(fulfil.By, fulfil.At)])
            : Decision.Refuse(RejectionReason.NotFulfillable, $"Goods may not go out: the invoice is {state.Status.Text()}{Held(state)}.");
    }

    private static string Held(Invoice state) => state.IsHeld ? " and waits for a decision about the excess" : "";
}

/// <summary>A state that events are added to.</summary>
internal sealed class Unfolding
{
    private readonly Invoice _before;

    public Unfolding(Invoice before) => _before = Now = before;

    public List<InvoiceEvent> Events { get; } = [];

    public Invoice Now { get; private set; }

    public void Happens(InvoiceEvent happened)
    {
        Assert.That(Events.Count < MaxEvents);
        Events.Add(happened);
        Now = Invoice.Evolve(Now, happened);
    }

    /// <summary>More than any commit can hold: rules that never come to rest are a bug that shows, not a worker that hangs.</summary>
    private const int MaxEvents = 1_000;

    /// <summary>The changes of status and the exceptions that what happened leads to.</summary>
    public void Follow(ChainKnowledge? chain, DateTimeOffset at)
    {
        while (StatusRules.Next(_before, Now, at) is { } changed)
            Happens(changed);
        while (ExceptionRules.Next(Now, chain, at) is { } changed)
            Happens(changed);
    }
}
