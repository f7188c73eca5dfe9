using System.Security.Cryptography;
using System.Text.Json;

namespace CoinPay.Functions.Http;

/// <summary>Canonical JSON: names sorted, white space removed.</summary>
internal static class CanonicalJson
{
    /// <summary>Returns the SHA-256 of the canonical form, as lower-case hex.</summary>
    public static string Hash(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        using MemoryStream canonical = new();
        using (Utf8JsonWriter writer = new(canonical))
            Write(document.RootElement, writer);
        return Convert.ToHexStringLower(SHA256.HashData(canonical.ToArray()));
    }

    private static void Write(JsonElement element, Utf8JsonWriter writer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (JsonProperty field in element.EnumerateObject().OrderBy(field => field.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(field.Name);
                    Write(field.Value, writer);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in element.EnumerateArray())
                    Write(item, writer);
                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
