using System.Text.Json.Serialization;

namespace CoinPay.Functions.Invoices;

/// <summary>Locates an invoice's rows: the input of its orchestration.</summary>
internal sealed record InvoiceReference(string MerchantId, string InvoiceId, string Network)
{
    /// <summary>
    /// When time alone can first change the invoice. Set by the request that creates it, which does what the first advance would
    /// do. Null if something may already be due.
    /// </summary>
    public DateTime? FirstDeadlineAt { get; init; }

    /// <summary>When the turn that requests an advance began; the outlook repeats it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DateTime? AskedAt { get; init; }

    /// <summary>The number of executions in a row that ended with a failed advance and had no successful one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int FailedExecutions { get; init; }
}

/// <summary>What to wait for after an advance.</summary>
/// <param name="Status">The invoice's status, shown as the orchestration's custom status.</param>
/// <param name="DeadlineAt">When time alone can change it; null if only a wake can.</param>
/// <param name="IsFinished">True if there is nothing left to wait for.</param>
internal sealed record Outlook(string Status, int Version, DateTime? DeadlineAt, bool IsFinished)
{
    /// <summary>The <see cref="InvoiceReference.AskedAt"/> of the call that this answers.</summary>
    public DateTime? AskedAt { get; init; }
}
