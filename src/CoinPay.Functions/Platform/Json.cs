using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace CoinPay.Functions.Platform;

/// <summary>
/// Serializes every response, event and stored document: snake_case, nulls included, times as RFC 3339 UTC, no
/// floating-point numbers, and no characters that are special in HTML.
/// </summary>
internal static class Json
{
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>UTF-8 bytes without a byte order mark.</summary>
    public static byte[] Bytes<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    public static string Text<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>Deserializes the output of <see cref="Text"/>. Throws on anything else.</summary>
    public static T Read<T>(string text) =>
        JsonSerializer.Deserialize<T>(text, Options) ?? throw new JsonException("null instead of " + typeof(T).Name);

    /// <summary>RFC 3339, UTC, milliseconds: <c>2026-11-23T10:45:00.000Z</c>.</summary>
    public static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static JsonSerializerOptions Create()
    {
        JsonSerializerOptions options = new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DictionaryKeyPolicy = null,
            DefaultIgnoreCondition = JsonIgnoreCondition.Never,
            Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
            NumberHandling = JsonNumberHandling.Strict,
        };
        options.Converters.Add(new JsonStringEnumConverter(allowIntegerValues: false));
        options.Converters.Add(new TimeConverter());
        options.Converters.Add(new NoFloatConverter());
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private sealed class TimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Time(value));
    }

    /// <summary>Rejects number types with a fraction, because money is always a decimal string.</summary>
    private sealed class NoFloatConverter : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) =>
            typeToConvert == typeof(double) || typeToConvert == typeof(float) || typeToConvert == typeof(decimal);

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException($"{typeToConvert.Name} is never written to JSON: use a decimal string.");
    }
}
