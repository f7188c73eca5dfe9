using CoinPay.Core;
using CoinPay.Testing.Hub;

namespace CoinPay.Simulation.Checks;

/// <summary>What a run of many seeds must meet beside the kinds of events: what led to one, or what it met.</summary>
internal static class Situations
{
    public const string EndOfWatch = "end of a watch";
    public const string FreshRun = "fresh run";
    private const string Unconfirmed = "unconfirmed payment taken";
    private const string InConflict = "unconfirmed payment in conflict";
    private const string DoubleSpend = "double spend named";
    private const string NearRate = "late money at a near rate";
    private const string FarRate = "late money at a far rate";
    private const string Fulfilled = "fulfilled and reverted";
    private const string PaidInTime = "the rest paid in time";
    private const string AfterTheEnd = "money after the end";
    private const string InParts = "view in several commits";
    private const string DecisionInParts = "decision in several commits";
    private const string Again = "second acceptance";
    private const string TakenBack = "decision taken back";
    private const string LongNote = "note as long as can be";

    /// <summary>The hub's requests in a turn, an activity and a client: a process must have died at each.</summary>
    private static readonly HubAction[] Deadly =
    [
        HubAction.ReadRow, HubAction.InsertRow, HubAction.ReadHistory, HubAction.Send, HubAction.CommitHistory, HubAction.UpdateRow,
        HubAction.DeleteMessage,
    ];

    public static IReadOnlyList<string> All { get; } =
    [
        EndOfWatch, FreshRun, Unconfirmed, InConflict, DoubleSpend, NearRate, FarRate, Fulfilled, PaidInTime, AfterTheEnd,
        InParts, DecisionInParts, Again, TakenBack, LongNote,
        .. Enum.GetValues<ExceptionType>().Select(Of),
        .. Enum.GetValues<ExceptionAction>().Select(Of),
        .. Deadly.Select(DeathAt),
    ];

    public static string DeathAt(HubAction action) => $"death at hub {action}";

    public static string? Of(Invoice state, InvoiceEvent happened, bool hasConflict) => happened switch
    {
        ExceptionOpened opened => Of(opened.Type),
        ExceptionResolved { Note.Length: > Decisions.ShortNote } => LongNote,
        ExceptionResolved { Action: { } action } => Of(action),
        ExceptionReopened => TakenBack,
        MoneyKept => Again,
        ViewPartlyApplied => InParts,
        AcceptanceSplit => DecisionInParts,
        TransferConfirmed confirmed when state.Transfers[confirmed.Key].Block is null => Unconfirmed,
        TransferSeen { Transfer.Block: null } when hasConflict && state.Terms.Confirmation.InConflict is not null => InConflict,
        TransferSeen when happened.At > state.Terms.MonitorUntil => AfterTheEnd,
        TransferSeen { Transfer.OnTime: true } when state.TopUp is not null => PaidInTime,
        TransferLost { ReplacedBy: not null } => DoubleSpend,
        LateRateJudged { Now: not null } judged => judged.IsAccepted ? NearRate : FarRate,
        PaymentReverted when state.FulfilledAt is not null => Fulfilled,
        _ => null,
    };

    private static string Of(ExceptionType type) => $"exception {type}";

    private static string Of(ExceptionAction action) => $"decision {action}";
}
