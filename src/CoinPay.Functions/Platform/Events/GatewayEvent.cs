using System.Text;
using Azure.Data.Tables;

namespace CoinPay.Functions.Platform.Events;

/// <summary>An event of a merchant, sent by webhook and kept in the pull feed.</summary>
/// <param name="Id"><c>evt_…</c>; the <c>webhook-id</c> of every attempt. The same cause must have the same id.</param>
/// <param name="Type"><c>invoice.paid</c> and so on.</param>
/// <param name="MerchantId">The merchant's id.</param>
/// <param name="Subject">The id of the event's subject: an invoice, an endpoint, or the merchant itself.</param>
/// <param name="At">When the event happened.</param>
/// <param name="StateVersion">The subject's version after the event.</param>
/// <param name="FulfilmentKey">The invoice's fulfilment key, if the event allows fulfilment.</param>
/// <param name="Livemode">Only endpoints of the same mode receive the event.</param>
/// <param name="Body">The body of the POST, byte for byte: <see cref="BodyOf"/>. At most <see cref="MaxBodyBytes"/> of
/// UTF-8.</param>
internal sealed record GatewayEvent(
    string Id,
    string Type,
    string MerchantId,
    string Subject,
    DateTimeOffset At,
    int StateVersion,
    string? FulfilmentKey,
    bool Livemode,
    string Body)
{
    /// <summary>The span that published the event, which its deliveries continue; null if it was not traced.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The invoice that the event is about, or null.</summary>
    public string? InvoiceId => Platform.Id.OfKind("inv", Subject);

    /// <summary>The maximum size of one property of a table row.</summary>
    public const int MaxBodyBytes = 64 * 1024;

    /// <summary>Creates the body's JSON: id, type, created_at, state_version, fulfilment_key and data.</summary>
    /// <param name="id">The event's id.</param>
    /// <param name="type">The event's type.</param>
    /// <param name="at">When the event happened.</param>
    /// <param name="stateVersion">The subject's version after the event.</param>
    /// <param name="fulfilmentKey">The fulfilment key at the time of the event.</param>
    /// <param name="data">The subject, for instance <c>{"invoice": {…}}</c>.</param>
    public static string BodyOf(
        string id, string type, DateTimeOffset at, int stateVersion, string? fulfilmentKey, object data) =>
        Json.Text(new EventBody(id, type, at, stateVersion, fulfilmentKey, data));

    /// <summary>Creates the event's row for <c>Events</c> or an outbox.</summary>
    public TableEntity ToRow(string partition, string row)
    {
        byte[] body = Encoding.UTF8.GetBytes(Body);
        if (body.Length > MaxBodyBytes)
            throw new ArgumentException(
                $"The body of {Id} has {body.Length} bytes; at most {MaxBodyBytes} can be stored.");
        return new(partition, row)
        {
            ["EventId"] = Id,
            ["Type"] = Type,
            ["MerchantId"] = MerchantId,
            ["Subject"] = Subject,
            ["At"] = At,
            ["StateVersion"] = StateVersion,
            ["FulfilmentKey"] = FulfilmentKey,
            ["Livemode"] = Livemode,
            ["Body"] = body,
            ["TraceParent"] = TraceParent,
        };
    }

    public static GatewayEvent FromRow(TableEntity row) => new(
        row.GetString("EventId"),
        row.GetString("Type"),
        row.GetString("MerchantId"),
        row.GetString("Subject"),
        row.GetDateTimeOffset("At")!.Value,
        row.GetInt32("StateVersion")!.Value,
        row.GetString("FulfilmentKey"),
        row.GetBoolean("Livemode") == true,
        Encoding.UTF8.GetString(row.GetBinary("Body")))
    {
        TraceParent = row.GetString("TraceParent"),
    };

    private sealed record EventBody(
        string Id, string Type, DateTimeOffset CreatedAt, int StateVersion, string? FulfilmentKey, object Data);
}
