using System.Numerics;
using System.Text.Json.Serialization;

namespace CoinPay.Core;

/// <summary>A payment that went another way than the price asks, and waits for a person or for the chain.</summary>
public enum ExceptionType
{
    /// <summary>The window closed with less than the price.</summary>
    [JsonStringEnumMemberName("underpaid")]
    Underpaid,

    /// <summary>More than the price, for a merchant who wants to look first.</summary>
    [JsonStringEnumMemberName("overpaid")]
    Overpaid,

    /// <summary>Money that came after the window closed or after cancellation, and that no policy accepted.</summary>
    [JsonStringEnumMemberName("late")]
    Late,

    /// <summary>Money on another network than the invoice's, at the same address.</summary>
    [JsonStringEnumMemberName("wrong_network")]
    WrongNetwork,

    /// <summary>Money in another listed asset of the invoice's network.</summary>
    [JsonStringEnumMemberName("wrong_asset")]
    WrongAsset,

    /// <summary>A reorg took the payment of an invoice that was fulfilled already.</summary>
    [JsonStringEnumMemberName("reorged")]
    Reorged,

    /// <summary>The payer spent the money elsewhere: another transaction took the payment's place.</summary>
    [JsonStringEnumMemberName("replaced")]
    Replaced,

    /// <summary>A payment has not come to the depth that was asked for within the limit.</summary>
    [JsonStringEnumMemberName("stalled")]
    Stalled,

    /// <summary>It cannot be told whose the money is, or which transaction brought it.</summary>
    [JsonStringEnumMemberName("ambiguous")]
    Ambiguous,
}

/// <summary>What a person decided about an exception.</summary>
public enum ExceptionAction
{
    /// <summary>What came is taken as the price.</summary>
    [JsonStringEnumMemberName("accept_as_paid")]
    AcceptAsPaid,

    /// <summary>The customer was asked for the rest: what comes within <see cref="ExceptionRules.TopUpWindow"/> is on time.</summary>
    [JsonStringEnumMemberName("top_up_requested")]
    TopUpRequested,

    /// <summary>The loss is taken.</summary>
    [JsonStringEnumMemberName("write_off")]
    WriteOff,

    /// <summary>It was looked at, and nothing is to be done.</summary>
    [JsonStringEnumMemberName("ignore")]
    Ignore,
}

/// <summary>How an exception ended. <paramref name="Action"/> is null when its cause went away by itself.</summary>
public sealed record Resolution(ExceptionAction? Action, string? Note, string By, DateTimeOffset At);

/// <summary>An exception of one invoice.</summary>
public sealed record InvoiceException
{
    /// <summary>The invoice's version when it opened: names it within the invoice.</summary>
    public required int Number { get; init; }

    public required ExceptionType Type { get; init; }

    /// <summary>The asset it is about (CAIP-19).</summary>
    public required string AssetId { get; init; }

    /// <summary>Base units that it is about: what was judged when it opened, and again when a person resolved it.</summary>
    public required BigInteger Amount { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    public Resolution? Resolution { get; init; }

    /// <summary>Of money on another network that was accepted: how it comes to the settlement address there.</summary>
    public Recovery? Recovery { get; init; }

    public bool IsOpen => Resolution is null;
}
