using System.Numerics;

namespace CoinPay.Core;

/// <summary>A command to an invoice. It carries the time, so that deciding reads no clock.</summary>
public abstract record InvoiceCommand(DateTimeOffset At)
{
    /// <summary>Open it under these terms.</summary>
    public sealed record Create(InvoiceTerms Terms, DateTimeOffset At) : InvoiceCommand(At);

    /// <summary>
    /// Bring it up to what the chain shows now. Safe to repeat. <paramref name="Rate"/> is the current exchange rate,
    /// for a decision that <see cref="Decision.WantsRate"/>; null if nobody asked or the rate is unknown.
    /// </summary>
    public sealed record Advance(View View, DateTimeOffset At, Rate? Rate = null) : InvoiceCommand(At);

    /// <summary>Cancel it; possible only before any payment is seen.</summary>
    public sealed record Cancel(string By, DateTimeOffset At) : InvoiceCommand(At);

    /// <summary>The goods go out under this key. Repeating it changes nothing.</summary>
    public sealed record Fulfil(string Key, string By, DateTimeOffset At) : InvoiceCommand(At);

    /// <summary>Decide about an exception. Repeating the same decision changes nothing.</summary>
    public sealed record ResolveException(int Number, ExceptionAction Action, string? Note, string By, DateTimeOffset At)
        : InvoiceCommand(At)
    {
        /// <summary>
        /// Required to accept money on another network: the settlement address, which the merchant confirms that it
        /// controls there.
        /// </summary>
        public string? ConfirmedSettlementAddress { get; init; }

        /// <summary>The base units that the person decided about; if it is another amount now, nothing is decided.</summary>
        public BigInteger? ExpectedAmount { get; init; }
    }

    /// <summary>Take back a decision that moved no money: the exception is open again. Repeating it changes nothing.</summary>
    public sealed record ReopenException(int Number, string? Note, string By, DateTimeOffset At) : InvoiceCommand(At);

    /// <summary>
    /// The invoice's address no longer holds any of an exception's asset on that asset's network, at a height that no
    /// reorg is expected to reach. Repeating it changes nothing.
    /// </summary>
    /// <param name="TransactionHash">The transaction that emptied it, if known.</param>
    public sealed record BookRecovery(int Number, long EmptyAtHeight, string? TransactionHash, DateTimeOffset At)
        : InvoiceCommand(At);

    /// <summary>Moving the money failed for this reason. Repeating it changes nothing.</summary>
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
    ViewIncomplete,
    ExceptionChanged,
    NotReopenable,
}

/// <summary>A command that the state does not allow. Not a program error.</summary>
/// <param name="Detail">In plain English, for a person.</param>
public sealed record Rejection(RejectionReason Reason, string Detail);

/// <summary>The outcome of a command: zero or more events, or a rejection and no events.</summary>
public sealed record Decision(IReadOnlyList<InvoiceEvent> Events, Rejection? Rejection = null)
{
    /// <summary>
    /// Late money is waiting for the current exchange rate: repeating the command with the rate decides more.
    /// </summary>
    public bool WantsRate { get; init; }

    public static Decision Refuse(RejectionReason reason, string detail) => new([], new(reason, detail));
}
