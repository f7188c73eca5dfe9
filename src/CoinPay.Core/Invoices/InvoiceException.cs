using System.Numerics;
using System.Text.Json.Serialization;

namespace CoinPay.Core;

/// <summary>A payment that differs from what the price asks, and waits for a person or for the chain.</summary>
public enum ExceptionType
{
    /// <summary>The window closed with less than the price.</summary>
    [JsonStringEnumMemberName("underpaid")]
    Underpaid,

    /// <summary>More than the price arrived, and the merchant wants to review it first.</summary>
    [JsonStringEnumMemberName("overpaid")]
    Overpaid,

    /// <summary>
    /// Money that arrived after the window closed or after cancellation, and that no policy accepted.
    /// </summary>
    [JsonStringEnumMemberName("late")]
    Late,

    /// <summary>Money on a network other than the invoice's, at the same address.</summary>
    [JsonStringEnumMemberName("wrong_network")]
    WrongNetwork,

    /// <summary>Money in another listed asset of the invoice's network.</summary>
    [JsonStringEnumMemberName("wrong_asset")]
    WrongAsset,

    /// <summary>A reorg removed the payment of an invoice that was already fulfilled.</summary>
    [JsonStringEnumMemberName("reorged")]
    Reorged,

    /// <summary>The payer spent the money elsewhere: another transaction took the payment's place.</summary>
    [JsonStringEnumMemberName("replaced")]
    Replaced,

    /// <summary>A payment did not reach the required depth within the limit.</summary>
    [JsonStringEnumMemberName("stalled")]
    Stalled,

    /// <summary>The gateway cannot tell whose money it is, or which transaction brought it.</summary>
    [JsonStringEnumMemberName("ambiguous")]
    Ambiguous,
}

/// <summary>What a person decided about an exception.</summary>
public enum ExceptionAction
{
    /// <summary>Accept what arrived as the price.</summary>
    [JsonStringEnumMemberName("accept_as_paid")]
    AcceptAsPaid,

    /// <summary>
    /// The customer was asked for the rest: payments within <see cref="ExceptionRules.TopUpWindow"/> are on time.
    /// </summary>
    [JsonStringEnumMemberName("top_up_requested")]
    TopUpRequested,

    /// <summary>Accept the loss.</summary>
    [JsonStringEnumMemberName("write_off")]
    WriteOff,

    /// <summary>Reviewed; no action is needed.</summary>
    [JsonStringEnumMemberName("ignore")]
    Ignore,
}

/// <summary>How an exception ended. <paramref name="Action"/> is null if its cause no longer existed.</summary>
public sealed record Resolution(ExceptionAction? Action, string? Note, string By, DateTimeOffset At);

/// <summary>A decision was taken back.</summary>
public sealed record Reopening(string? Note, string By, DateTimeOffset At);

/// <summary>An exception of one invoice.</summary>
public sealed record InvoiceException
{
    /// <summary>The invoice's version when it opened; identifies it within the invoice.</summary>
    public required int Number { get; init; }

    public required ExceptionType Type { get; init; }

    /// <summary>The asset it concerns (CAIP-19).</summary>
    public required string AssetId { get; init; }

    /// <summary>Base units that it concerns: as judged when it opened, and again when a person resolved it.</summary>
    public required BigInteger Amount { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    public Resolution? Resolution { get; init; }

    /// <summary>How a person took back the last decision; null if nobody did.</summary>
    public Reopening? Reopening { get; init; }

    /// <summary>How accepted money on another network gets to the settlement address there.</summary>
    public Recovery? Recovery { get; init; }

    /// <summary>The money that was accepted was gone for too long, so the decision no longer holds.</summary>
    public bool IsLapsed { get; init; }

    public bool IsOpen => Resolution is null;
}
