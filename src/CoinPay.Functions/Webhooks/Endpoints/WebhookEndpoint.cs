using Azure.Data.Tables;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Webhooks.Endpoints;

/// <summary>An address of a merchant's that events are POSTed to.</summary>
internal sealed record WebhookEndpoint
{
    /// <summary>An endpoint is shown as failing after so long without one success.</summary>
    public static readonly TimeSpan FailingAfter = TimeSpan.FromHours(24);

    public required string Id { get; init; }

    public required string MerchantId { get; init; }

    public required Uri Url { get; init; }

    /// <summary>Filters, see <see cref="EventTypes"/>; <c>*</c> is all.</summary>
    public required IReadOnlyList<string> Events { get; init; }

    public string? Description { get; init; }

    /// <summary>The kind of the key that made it: events of the other kind are not its business.</summary>
    public required bool Livemode { get; init; }

    /// <summary>The signing secret, sealed under <c>endpoint!id</c>.</summary>
    public required byte[] SealedSecret { get; init; }

    /// <summary>The rotation that made the secret; null for the first one.</summary>
    public string? SecretId { get; init; }

    /// <summary>Secrets that were replaced, newest first.</summary>
    public IReadOnlyList<RetiredSecret> RetiredSecrets { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Since when nothing has succeeded; null after a success.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    public DateTimeOffset? DisabledAt { get; init; }

    public string? DisabledReason { get; init; }

    /// <summary>When it was last taken into use again: what failed before then does not disable it.</summary>
    public DateTimeOffset? EnabledAt { get; init; }

    /// <summary>The last replay that was asked for.</summary>
    public Replay? Replay { get; init; }

    public string SecretPurpose => Key.Of("endpoint", Id);

    /// <summary>
    /// Whether an event is to be delivered here: one that happened before the endpoint was made is not, and that
    /// a wallet changed is told to all: whoever takes over a merchant's account must not be able to keep it quiet.
    /// </summary>
    public bool Wants(GatewayEvent happened) =>
        DisabledAt is null
        && Livemode == happened.Livemode
        && CreatedAt <= happened.At
        && Takes(happened.Type);

    /// <summary>Whether its filters let a type through. A <c>ping</c> is sent to one endpoint, never to all.</summary>
    public bool Takes(string type) =>
        type != EventTypes.Ping
        && (type == EventTypes.WalletChanged || Events.Any(filter => EventTypes.Matches(filter, type)));

    public string StatusAt(DateTimeOffset now) =>
        DisabledAt is not null ? "disabled" : now - FailingSince >= FailingAfter ? "failing" : "enabled";

    public static string RowKey(string endpointId) => Key.Of("endpoint", endpointId);

    public TableEntity ToRow() => new(MerchantId, RowKey(Id))
    {
        ["Url"] = Url.AbsoluteUri,
        ["Events"] = string.Join(' ', Events),
        ["Description"] = Description,
        ["Livemode"] = Livemode,
        ["SealedSecret"] = SealedSecret,
        ["SecretId"] = SecretId,
        ["RetiredSecrets"] = RetiredSecrets.Count == 0 ? null : Json.Text(RetiredSecrets),
        ["CreatedAt"] = CreatedAt,
        ["UpdatedAt"] = UpdatedAt,
        ["FailingSince"] = FailingSince,
        ["DisabledAt"] = DisabledAt,
        ["DisabledReason"] = DisabledReason,
        ["EnabledAt"] = EnabledAt,
        ["Replay"] = Replay is null ? null : Json.Text(Replay),
    };

    public static WebhookEndpoint FromRow(TableEntity row) => new()
    {
        Id = row.RowKey[(row.RowKey.IndexOf('!', StringComparison.Ordinal) + 1)..],
        MerchantId = row.PartitionKey,
        Url = new(row.GetString("Url")),
        Events = row.GetString("Events").Split(' '),
        Description = row.GetString("Description"),
        Livemode = row.GetBoolean("Livemode") == true,
        SealedSecret = row.GetBinary("SealedSecret"),
        SecretId = row.GetString("SecretId"),
        RetiredSecrets = row.GetString("RetiredSecrets") is { } retired ? Json.Read<RetiredSecret[]>(retired) : [],
        CreatedAt = row.GetDateTimeOffset("CreatedAt")!.Value,
        UpdatedAt = row.GetDateTimeOffset("UpdatedAt")!.Value,
        FailingSince = row.GetDateTimeOffset("FailingSince"),
        DisabledAt = row.GetDateTimeOffset("DisabledAt"),
        DisabledReason = row.GetString("DisabledReason"),
        EnabledAt = row.GetDateTimeOffset("EnabledAt"),
        Replay = row.GetString("Replay") is { } replay ? Json.Read<Replay>(replay) : null,
    };
}
