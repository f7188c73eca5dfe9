namespace CoinPay.Core;

/// <summary>
/// The rules of an invoice's life: decides what a command leads to in a state. Pure; the clock and the chain are
/// arguments.
/// </summary>
public static class InvoiceDecider
{
    /// <summary>
    /// Transfers processed in one commit; the next commit continues. One batch of the store holds 100 rows, and a
    /// transfer can take seven: itself, two events, and two ledger lines for each. What follows takes the rest.
    /// </summary>
    public const int MaxTransfersPerCommit = 8;

    public static Decision Decide(Invoice? state, InvoiceCommand command) => (state, command) switch
    {
        (null, InvoiceCommand.Create create) => new([new InvoiceCreated(create.Terms, create.At)]),
        (not null, InvoiceCommand.Create) => Decision.Refuse(RejectionReason.AlreadyExists, "The invoice already exists."),
        (null, _) => Decision.Refuse(RejectionReason.NotFound, "There is no such invoice."),
        (_, InvoiceCommand.Advance advance) => Advance(state, advance),
        (_, InvoiceCommand.Cancel cancel) => Cancel(state, cancel),
        (_, InvoiceCommand.Fulfil fulfil) => Fulfil(state, fulfil),
        (_, InvoiceCommand.ResolveException resolve) => ExceptionDecider.Resolve(state, resolve),
        (_, InvoiceCommand.ReopenException reopen) => ExceptionDecider.Reopen(state, reopen),
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

    /// <summary>Whether money on another network, where the poller does not know the required depth, is waiting for it.</summary>
    public static bool WaitsElsewhere(Invoice state) => state.Transfers.Values.Any(transfer =>
        transfer is { WrongNetwork: not null, Stands: true, Status: not TransferStatus.Confirmed });

    /// <summary>Whether late money is waiting for an exchange rate.</summary>
    public static bool WantsRate(Invoice state) => LateRules.WantsRate(state);

    /// <summary>Refuses what must not be decided on half a view.</summary>
    internal static Decision NotYet => Decision.Refuse(
        RejectionReason.ViewIncomplete, "The gateway is booking many changes of this invoice's payments: try again in a few seconds.");

    /// <summary>
    /// Applies the view, or as much of it as one commit holds. Status, exceptions and notifications follow only once all
    /// of it is applied.
    /// </summary>
    private static Decision Advance(Invoice state, InvoiceCommand.Advance advance)
    {
        if (state.Owed is not null)
            return AcceptTheRest(state, advance.At);
        List<TransferChange> changes = TransferRules.Changes(state, advance.View).ToList();
        Unfolding life = new(state);
        if (changes.Count <= MaxTransfersPerCommit)
            return Complete(life, changes, advance);
        if (state.LastComplete is null)
            life.Happens(new ViewPartlyApplied(advance.At));
        foreach (InvoiceEvent happened in changes.Take(MaxTransfersPerCommit).SelectMany(change => change.Events(advance.At)))
            life.Happens(happened);
        return new(life.Events);
    }

    /// <summary>Finishes a decision about many transfers before anything new is taken from the chain.</summary>
    private static Decision AcceptTheRest(Invoice state, DateTimeOffset at)
    {
        List<InvoiceEvent> rest = ExceptionDecider.Rest(state, at).ToList();
        Unfolding life = new(state);
        foreach (InvoiceEvent happened in rest.Take(MaxTransfersPerCommit))
            life.Happens(happened);
        if (rest.Count > MaxTransfersPerCommit)
            return new(life.Events);
        life.Happens(new ViewApplied(at));
        life.Follow(chain: null, at);
        return new(life.Events);
    }

    private static Decision Complete(Unfolding life, List<TransferChange> changes, InvoiceCommand.Advance advance)
    {
        foreach (InvoiceEvent happened in changes.SelectMany(change => change.Events(advance.At)))
            life.Happens(happened);
        if (life.Now.LastComplete is not null)
            life.Happens(new ViewApplied(advance.At));
        bool windowHasEnded = advance.View.Chain is { IsFinalityStalled: false } chain
            && chain.CompletePollBeganAt > life.Now.WindowEndsAt;
        if (windowHasEnded && !life.Now.WindowClosed)
            life.Happens(new PaymentWindowClosed(advance.View.Chain!.CompletePollBeganAt, advance.At));
        if (HaveLapsed(life.Now, advance.At))
            life.Happens(new AcceptancesLapsed(advance.At));
        if (LateRules.Judge(life.Now, advance) is { } judged)
            life.Happens(judged);
        life.Follow(advance.View.Chain, advance.At);
        return new(life.Events) { WantsRate = LateRules.WantsRate(life.Now) };
    }

    private static bool HaveLapsed(Invoice state, DateTimeOffset now) =>
        now > state.PaidLostAt + ExceptionRules.MaxLoss
        && (!state.Acceptances.IsEmpty || !state.Kept.IsEmpty || state.LateAccepted == true);

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
        if (state.LastComplete is not null)
            return NotYet;
        return state.MayBeFulfilled
            ? new([new InvoiceFulfilled(fulfil.By, fulfil.At)])
            : Decision.Refuse(RejectionReason.NotFulfillable, $"The invoice cannot be fulfilled: it is {state.Status.Text()}{Held(state)}.");
    }

    private static string Held(Invoice state) => state.IsHeld ? " and waiting for a decision about the excess" : "";
}

/// <summary>Collects events and applies each to the state.</summary>
internal sealed class Unfolding
{
    private readonly MoneyTotals _before;

    public Unfolding(Invoice before) => (_before, Now) = (before.LastComplete ?? MoneyTotals.Of(before), before);

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

    /// <summary>Exceptions that open or resolve in one commit, each with its notification; the next commit continues.</summary>
    private const int MaxExceptionsPerCommit = 8;

    /// <summary>Adds the status changes and exceptions that follow from what happened.</summary>
    public void Follow(ChainKnowledge? chain, DateTimeOffset at)
    {
        while (StatusRules.Next(_before, Now, at) is { } changed)
            Happens(changed);
        for (int i = 0; i < MaxExceptionsPerCommit && ExceptionRules.Next(Now, chain, at) is { } changed; i++)
            Happens(changed);
    }
}
