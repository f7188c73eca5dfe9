using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;
using CoinPay.Core;

namespace CoinPay.Functions.Platform.Storage;

/// <summary>How Core's records stand in rows. Names here are a format: renaming a member of Core needs a look at old rows.</summary>
internal static class StoredJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IgnoreReadOnlyProperties = true,
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower),
            new BigIntegerConverter(),
            new RequiredDepthConverter(),
            new ClosedSetConverter<Derivation>(typeof(XpubDerivation), typeof(ForwarderDerivation)),
            new ClosedSetConverter<InvoiceEvent>(EventTypes),
        },
    };

    /// <summary>Every event that a timeline can hold, under its own name.</summary>
    private static Type[] EventTypes =>
    [
        typeof(InvoiceCreated), typeof(TransferSeen), typeof(TransferMoved), typeof(TransferConfirmed),
        typeof(TransferLost), typeof(PaymentWindowClosed), typeof(PaymentDetected), typeof(ConfirmationStarted),
        typeof(InvoicePaid), typeof(InvoiceUnderpaid), typeof(InvoiceOverpaid), typeof(InvoiceExpired),
        typeof(InvoicePaidLate), typeof(InvoiceCancelled), typeof(PaymentReverted),
        typeof(TransferAccepted), typeof(TransferAttributed), typeof(PaymentAccepted), typeof(TopUpRequested),
        typeof(LateRateJudged), typeof(InvoiceFulfilled), typeof(ExceptionOpened), typeof(ExceptionResolved),
        typeof(RecoveryRequested), typeof(RecoveryFailed), typeof(MoneyRecovered),
    ];

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string json) =>
        JsonSerializer.Deserialize<T>(json, Options) ?? throw new BugException("a stored null " + typeof(T).Name);

    private sealed class BigIntegerConverter : JsonConverter<BigInteger>
    {
        public override BigInteger Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            BigInteger.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, BigInteger value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }

    private sealed class RequiredDepthConverter : JsonConverter<RequiredDepth>
    {
        public override RequiredDepth? Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            RequiredDepth.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, RequiredDepth value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }

    /// <summary>One of a closed set of records: <c>{"type": "InvoicePaid", "data": {…}}</c>.</summary>
    private sealed class ClosedSetConverter<T>(params Type[] members) : JsonConverter<T>
        where T : class
    {
        public override bool CanConvert(Type type) => type == typeof(T);

        public override T? Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            string name = document.RootElement.GetProperty("type").GetString()!;
            Type member = Array.Find(members, candidate => candidate.Name == name)
                ?? throw new JsonException($"'{name}' is not a {typeof(T).Name} known here.");
            return (T?)document.RootElement.GetProperty("data").Deserialize(member, options);
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WriteString("type", value.GetType().Name);
            writer.WritePropertyName("data");
            JsonSerializer.Serialize(writer, value, value.GetType(), options);
            writer.WriteEndObject();
        }
    }
}
