namespace CoinPay.Core;

/// <summary>
/// The rules of an invoice's life: decides what a command leads to in a state. Pure; the clock and the chain are
/// arguments.
/// </summary>
public static class InvoiceDecider
{
    /// <summary>
    /// Transfers processed in one commit; the next commit continues. One batch of the store holds 100 rows, and a
    /// transfer can take seven: itself, two events with two ledger lines, and an exception with its notification.
    /// </summary>
    public const int MaxTransfersPerCommit = 12;

    public static Decision Decide(Invoice? state, InvoiceCommand command) => (state, command) switch
    {
        (null, InvoiceCommand.Create create) => new([new InvoiceCreated(create.Terms, create.At)]),
        (not null, InvoiceCommand.Create) => Decision.Refuse(RejectionReason.AlreadyExists, "The invoice already exists."),
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
    /// Returns the next instant at which time alone can change the invoice's status or exceptions, or null. The end of
    /// the window does not count for a paid invoice: its window is closed when something else is decided.
    /// </summary>
    public static DateTimeOffset? NextDeadline(Invoice state)
    {
        DateTimeOffset? windowEnds = StatusRules.TurnsOnTheWindow(state) ? state.WindowEndsAt : null;
        DateTimeOffset? stalls = ExceptionRules.StallsAt(state);
        return windowEnds is null || stalls < windowEnds ? stalls : windowEnds;
    }

    /// <summary>
    /// Whether the gateway no longer expects anything: the watch is over, the window is closed, and every counted
    /// transfer is confirmed.
    /// </summary>
    public static bool IsFinished(Invoice state, DateTimeOffset now) =>
        now >= state.Terms.MonitorUntil && state.WindowClosed
        && state.Counted.All(transfer => transfer.Status == TransferStatus.Confirmed);

    /// <summary>Whether late money is waiting for an exchange rate.</summary>
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
                $"An invoice can be cancelled only before anything is paid; this one is {state.Status.Text()}.");
    }

    /// <summary>
    /// Fulfils once, under the one key. A fulfilled invoice stays fulfilled even if a reorg removes the payment.
    /// </summary>
    private static Decision Fulfil(Invoice state, InvoiceCommand.Fulfil fulfil)
    {
        if (fulfil.Key != state.Terms.FulfilmentKey)
            return Decision.Refuse(RejectionReason.FulfilmentKeyMismatch, "This is not the invoice's fulfilment key.");
        if (state.FulfilledAt is not null)
            return new([]);
        return state.MayBeFulfilled
            ? new([new InvoiceFulfilled(fulfil.By, fulfil.At)])
            : Decision.Refuse(RejectionReason.NotFulfillable, $"The invoice cannot be fulfilled: it is {state.Status.Text()}{Held(state)}.");
    }

    private static string Held(Invoice state) => state.IsHeld ? " and waiting for a decision about the excess" : "";
}

/// <summary>Collects events and applies each to the state.</summary>
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

    /// <summary>
    /// More than any commit can hold: rules that never stop fail as a visible bug instead of hanging a worker.
    /// </summary>
    private const int MaxEvents = 1_000;

    /// <summary>Adds the status changes and exceptions that follow from what happened.</summary>
    public void Follow(ChainKnowledge? chain, DateTimeOffset at)
    {
        while (StatusRules.Next(_before, Now, at) is { } changed)
            Happens(changed);
        while (ExceptionRules.Next(Now, chain, at) is { } changed)
            Happens(changed);
    }
}
