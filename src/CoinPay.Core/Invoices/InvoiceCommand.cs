namespace CoinPay.Core;

/// <summary>What may be asked of an invoice. The clock is in the command.</summary>
public abstract record InvoiceCommand(DateTimeOffset At)
{
    /// <summary>Open it under these terms.</summary>
    public sealed record Create(InvoiceTerms Terms, DateTimeOffset At) : InvoiceCommand(At);

    /// <summary>
    /// Bring it up to what the chain shows now. Safe to repeat. <paramref name="Rate"/> is the exchange rate now, for a
    /// decision that <see cref="Decision.WantsRate"/>; null when nobody asked or nobody knows.
    /// </summary>
    public sealed record Advance(View View, DateTimeOffset At, Rate? Rate = null) : InvoiceCommand(At);

    /// <summary>Withdraw it; possible only while nothing was seen.</summary>
    public sealed record Cancel(string By, DateTimeOffset At) : InvoiceCommand(At);

    /// <summary>The goods go out under this key. Repeating it changes nothing.</summary>
    public sealed record Fulfil(string Key, string By, DateTimeOffset At) : InvoiceCommand(At);

    /// <summary>Decide about an exception. Repeating the same decision changes nothing.</summary>
    public sealed record ResolveException(int Number, ExceptionAction Action, string? Note, string By, DateTimeOffset At)
        : InvoiceCommand(At)
    {
        /// <summary>
        /// To accept money of another network: the settlement address, which the merchant says that it controls there.
        /// </summary>
        public string? ConfirmedSettlementAddress { get; init; }
    }

    /// <summary>
    /// The invoice's address holds nothing of the asset of an exception any more, on the network of that asset at a height
    /// that no reorg is expected to reach. Repeating it changes nothing.
    /// </summary>
    /// <param name="TransactionHash">What emptied it, where that is known.</param>
    public sealed record BookRecovery(int Number, long EmptyAtHeight, string? TransactionHash, DateTimeOffset At)
        : InvoiceCommand(At);

    /// <summary>Money could not be moved, for this reason. Repeating it changes nothing.</summary>
    public sealed record NoteRecoveryFailure(int Number, string Reason, DateTimeOffset At) : InvoiceCommand(At);
}

/// <summary>Why a state does not allow a command.</summary>
public enum RejectionReason
{
    AlreadyExists,
    NotFound,
    NotCancellable,
    NotFulfillable,
    FulfilmentKeyMismatch,
    ExceptionResolved,
    ActionNotAllowed,
    NotAcceptable,
    NoLongerWatched,
    SettlementAddressNotConfirmed,
}

/// <summary>A command that the state does not allow. Not an error of the program.</summary>
/// <param name="Detail">In plain English, for a person.</param>
public sealed record Rejection(RejectionReason Reason, string Detail);

/// <summary>What a command leads to: events, maybe none, or a rejection and no event.</summary>
public sealed record Decision(IReadOnlyList<InvoiceEvent> Events, Rejection? Rejection = null)
{
    /// <summary>Late money waits for the exchange rate of now: the same command with it decides more.</summary>
    public bool WantsRate { get; init; }

    public static Decision Refuse(RejectionReason reason, string detail) => new([], new(reason, detail));
}
