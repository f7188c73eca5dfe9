using System.Text;
using Azure.Data.Tables;

namespace CoinPay.Functions.Platform.Events;

/// <summary>Something that happened to a merchant, as it is told by webhook and kept in the pull feed.</summary>
/// <param name="Id"><c>evt_…</c>; the <c>webhook-id</c> of every attempt. The same cause must have the same id.</param>
/// <param name="Type"><c>invoice.paid</c> and so on.</param>
/// <param name="MerchantId">Whose it is.</param>
/// <param name="Subject">The id of what it is about: an invoice, an endpoint, or the merchant itself.</param>
/// <param name="At">When it happened.</param>
/// <param name="StateVersion">The version of what it is about after it happened.</param>
/// <param name="FulfilmentKey">The invoice's fulfilment key where the event allows fulfilment.</param>
/// <param name="Livemode">Only endpoints of the same kind hear of it.</param>
/// <param name="Body">What is POSTed, byte for byte: <see cref="BodyOf"/>. At most <see cref="MaxBodyBytes"/> of
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
    /// <summary>The span that published it, for its deliveries to go on from; null where nobody traced that.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The invoice it is about, or null.</summary>
    public string? InvoiceId => Platform.Id.OfKind("inv", Subject);

    /// <summary>The most that one property of a table row holds.</summary>
    public const int MaxBodyBytes = 64 * 1024;

    /// <summary>The frozen JSON: id, type, created_at, state_version, fulfilment_key and data.</summary>
    /// <param name="id">The event's id.</param>
    /// <param name="type">Its type.</param>
    /// <param name="at">When it happened.</param>
    /// <param name="stateVersion">As of the event.</param>
    /// <param name="fulfilmentKey">As of the event.</param>
    /// <param name="data">For instance <c>{"invoice": {…}}</c>.</param>
    public static string BodyOf(
        string id, string type, DateTimeOffset at, int stateVersion, string? fulfilmentKey, object data) =>
        Json.Text(new EventBody(id, type, at, stateVersion, fulfilmentKey, data));

    /// <summary>The event as a row of <c>Events</c> or of an outbox.</summary>
    public TableEntity ToRow(string partition, string row)
    {
        byte[] body = Encoding.UTF8.GetBytes(Body);
        if (body.Length > MaxBodyBytes)
            throw new ArgumentException(
                $"The body of {Id} has {body.Length} bytes; at most {MaxBodyBytes} can be kept.");
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
