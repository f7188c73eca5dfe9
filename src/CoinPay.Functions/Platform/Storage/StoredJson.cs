using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using CoinPay.Core;

namespace CoinPay.Functions.Platform.Storage;

/// <summary>
/// Serializes Core's records for rows: members of closed sets by their <see cref="WireName"/>, properties by their own
/// name, which is therefore part of the storage format.
/// </summary>
internal static class StoredJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string json) =>
        JsonSerializer.Deserialize<T>(json, Options) ?? throw new BugException("a stored null " + typeof(T).Name);

    private static JsonSerializerOptions Create()
    {
        JsonSerializerOptions options = new(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            IgnoreReadOnlyProperties = true,
            // Escapes would take six times the room of a property.
            Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
            Converters =
            {
                new JsonStringEnumConverter(allowIntegerValues: false),
                new BigIntegerConverter(),
                new RequiredDepthConverter(),
            },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

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
}
