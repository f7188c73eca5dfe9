using Azure;
using CoinPay.Core;
using CoinPay.Functions.Webhooks.Deliveries;

namespace CoinPay.Functions.Invoices;

/// <summary>An invoice as its partition holds it, with what a commit on top of it needs.</summary>
/// <param name="State">The state, transfers included.</param>
/// <param name="Tag">The snapshot's tag: the commit is refused when somebody else committed since.</param>
/// <param name="LastHash">Hash of the last event of the timeline.</param>
/// <param name="Outbox">What earlier commits have yet to send, in order.</param>
internal sealed record StoredInvoice(Invoice State, ETag Tag, string LastHash, IReadOnlyList<OutboxRow> Outbox)
{
    /// <summary>How its events were told, as far as it was read with the rest.</summary>
    public WebhookTally Webhooks { get; init; } = WebhookTally.None;

    /// <summary>The span it was made in; null where nobody traced that. See <see cref="Platform.Telemetry.InvoiceTrace"/>.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>One thing to tell the merchant, frozen when it happened.</summary>
/// <param name="Version">The invoice's version after the event; with the invoice's id it names the event for good.</param>
/// <param name="Type">The webhook type: <c>invoice.paid</c>.</param>
/// <param name="Body">The whole webhook body, JSON; empty where there is only something new to be found by.</param>
internal sealed record OutboxRow(int Version, string EventId, string Type, DateTimeOffset At, string Body, string? FulfilmentKey)
{
    /// <summary>Transactions of the same commit that the invoice shall be found by from now on.</summary>
    public IReadOnlyList<string> NewTransactions { get; init; } = [];

    /// <summary>No event: only the index learns of it.</summary>
    public bool IsForIndexOnly => Body.Length == 0;
}

/// <summary>An event of the timeline with what it did to the books.</summary>
internal sealed record CommittedEvent(int Version, InvoiceEvent Event, Invoice After, IReadOnlyList<Posting> Postings);

/// <summary>An event as stored: <paramref name="Text"/> is what <paramref name="Hash"/> covers.</summary>
internal sealed record TimelineRow(int Version, InvoiceEvent Event, string Text, string Hash);
