using Azure.Data.Tables;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Webhooks.Endpoints;

/// <summary>A merchant's URL that events are POSTed to.</summary>
internal sealed record WebhookEndpoint
{
    /// <summary>An endpoint is shown as failing after this long without a success.</summary>
    public static readonly TimeSpan FailingAfter = TimeSpan.FromHours(24);

    public required string Id { get; init; }

    public required string MerchantId { get; init; }

    public required Uri Url { get; init; }

    /// <summary>Filters, see <see cref="EventTypes"/>; <c>*</c> is all.</summary>
    public required IReadOnlyList<string> Events { get; init; }

    public string? Description { get; init; }

    /// <summary>The mode of the key that created it; it does not receive events of the other mode.</summary>
    public required bool Livemode { get; init; }

    /// <summary>The signing secret, sealed under <c>endpoint!id</c>.</summary>
    public required byte[] SealedSecret { get; init; }

    /// <summary>The rotation that created the secret; null for the first secret.</summary>
    public string? SecretId { get; init; }

    /// <summary>Secrets that were replaced, newest first.</summary>
    public IReadOnlyList<RetiredSecret> RetiredSecrets { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Since when nothing has succeeded; null after a success.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    public DateTimeOffset? DisabledAt { get; init; }

    public string? DisabledReason { get; init; }

    /// <summary>When it was last re-enabled: earlier failures do not disable it.</summary>
    public DateTimeOffset? EnabledAt { get; init; }

    /// <summary>The last requested replay.</summary>
    public Replay? Replay { get; init; }

    public string SecretPurpose => Key.Of("endpoint", Id);

    /// <summary>
    /// Returns true if an event is to be delivered here. Events from before the endpoint was created are not. A wallet
    /// change is sent to all endpoints, so that someone who takes over a merchant's account cannot hide it.
    /// </summary>
    public bool Wants(GatewayEvent happened) =>
        DisabledAt is null
        && Livemode == happened.Livemode
        && CreatedAt <= happened.At
        && Takes(happened.Type);

    /// <summary>Returns true if its filters accept a type. A <c>ping</c> goes to one endpoint, never to all.</summary>
    public bool Takes(string type) =>
        type != EventTypes.Ping
        && (type == EventTypes.WalletChanged || Events.Any(filter => EventTypes.Matches(filter, type)));

    public string StatusAt(DateTimeOffset now) =>
        DisabledAt is not null ? "disabled" : now - FailingSince >= FailingAfter ? "failing" : "enabled";

    /// <summary>The beginning of the key of an endpoint's row.</summary>
    public const string Prefix = "endpoint!";

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
