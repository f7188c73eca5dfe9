using System.Text.Json.Serialization;

namespace CoinPay.Functions.Invoices;

/// <summary>Where an invoice's rows are: the input of its orchestration.</summary>
internal sealed record InvoiceReference(string MerchantId, string InvoiceId, string Network)
{
    /// <summary>
    /// Set by the creation of the invoice, which does itself what the first advance would do: when time alone may first change
    /// it. Null: something may be due already.
    /// </summary>
    public DateTime? FirstDeadlineAt { get; init; }

    /// <summary>When the turn began that asks for an advance: the outlook repeats it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DateTime? AskedAt { get; init; }

    /// <summary>How many executions in a row have ended with a failed advance and without one that succeeded.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int FailedExecutions { get; init; }
}

/// <summary>What an advance leaves to wait for.</summary>
/// <param name="Status">The invoice's status, shown as the orchestration's custom status.</param>
/// <param name="DeadlineAt">When time alone may change it, or null: then only a wake can.</param>
/// <param name="IsFinished">Nothing is looked out for any more.</param>
internal sealed record Outlook(string Status, int Version, DateTime? DeadlineAt, bool IsFinished)
{
    /// <summary>The <see cref="InvoiceReference.AskedAt"/> of the call that this answers.</summary>
    public DateTime? AskedAt { get; init; }
}
