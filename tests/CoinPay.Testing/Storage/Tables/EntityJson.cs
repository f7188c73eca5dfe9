using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace CoinPay.Testing.Storage.Tables;

/// <summary>
/// Entities as OData JSON with minimal metadata: a value whose type JSON cannot express has a type annotation.
/// Source: https://learn.microsoft.com/rest/api/storageservices/payload-format-for-table-service-operations
/// </summary>
internal static class EntityJson
{
    private const string TypeSuffix = "@odata.type";
    private const string InstantFormat = "yyyy-MM-ddTHH:mm:ss.fffffffZ";

    /// <summary>Reads the properties of a body, including keys; null properties are left out.</summary>
    public static Dictionary<string, object> Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            Dictionary<string, object> properties = new(StringComparer.Ordinal);
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                string name = property.Name;
                bool ofProtocol = name.StartsWith("odata.", StringComparison.Ordinal)
                    || name.Contains('@', StringComparison.Ordinal);
                if (ofProtocol || name == "Timestamp" || property.Value.ValueKind == JsonValueKind.Null)
                    continue;
                bool typed = document.RootElement.TryGetProperty(name + TypeSuffix, out JsonElement type);
                properties[name] = Value(property.Value, typed ? type.GetString() : null);
            }
            return properties;
        }
        catch (Exception malformed)
            when (malformed is JsonException or FormatException or InvalidOperationException or OverflowException)
        {
            throw StorageRefusal.InvalidInput(malformed.Message);
        }
    }

    /// <summary>Writes one entity as GET by key returns it; with <paramref name="select"/>, only those properties.</summary>
    public static ReadOnlyMemory<byte> Write(Row row, IReadOnlyCollection<string>? select) => Build(json =>
    {
        json.WriteStartObject();
        json.WriteString("odata.metadata", "memory");
        WriteProperties(json, row, select);
        json.WriteEndObject();
    });

    /// <summary>A page of entities.</summary>
    public static ReadOnlyMemory<byte> Write(IEnumerable<Row> rows, IReadOnlyCollection<string>? select) => Build(json =>
    {
        json.WriteStartObject();
        json.WriteString("odata.metadata", "memory");
        json.WriteStartArray("value");
        foreach (Row row in rows)
        {
            json.WriteStartObject();
            WriteProperties(json, row, select);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>A JSON text.</summary>
    public static ReadOnlyMemory<byte> Build(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
            write(json);
        return buffer.WrittenMemory;
    }

    private static object Value(JsonElement value, string? type) => type switch
    {
        "Edm.Int64" => long.Parse(value.GetString()!, CultureInfo.InvariantCulture),
        "Edm.DateTime" => Instant(value.GetString()!),
        "Edm.Guid" => Guid.Parse(value.GetString()!),
        "Edm.Binary" => Convert.FromBase64String(value.GetString()!),
        "Edm.Double" => value.GetDouble(),
        null or "Edm.String" or "Edm.Int32" or "Edm.Boolean" => value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
            JsonValueKind.Number => value.TryGetInt32(out int number) ? (object)number : value.GetDouble(),
            _ => throw new FormatException("A property is a string, a number or a truth value."),
        },
        _ => throw new FormatException($"There is no type {type}."),
    };

    private static void WriteProperties(Utf8JsonWriter json, Row row, IReadOnlyCollection<string>? select)
    {
        bool Wanted(string name) => select is null || select.Contains(name);
        json.WriteString("odata.etag", row.ETag);
        if (Wanted("PartitionKey"))
            json.WriteString("PartitionKey", row.Partition);
        if (Wanted("RowKey"))
            json.WriteString("RowKey", row.Key);
        if (Wanted("Timestamp"))
            WriteTyped(json, "Timestamp", "Edm.DateTime", Text(row.Timestamp));
        foreach ((string name, object value) in row.Properties)
            if (Wanted(name))
                Write(json, name, value);
    }

    private static void Write(Utf8JsonWriter json, string name, object value)
    {
        switch (value)
        {
            case string text: json.WriteString(name, text); break;
            case bool truth: json.WriteBoolean(name, truth); break;
            case int number: json.WriteNumber(name, number); break;
            case long number: WriteTyped(json, name, "Edm.Int64", number.ToString(CultureInfo.InvariantCulture)); break;
            case DateTimeOffset instant: WriteTyped(json, name, "Edm.DateTime", Text(instant)); break;
            case Guid guid: WriteTyped(json, name, "Edm.Guid", guid.ToString()); break;
            case byte[] binary: WriteTyped(json, name, "Edm.Binary", Convert.ToBase64String(binary)); break;
            case double number: WriteDouble(json, name, number); break;
            default: throw new InvalidOperationException($"{name} is stored as {value.GetType()}.");
        }
    }

    private static void WriteTyped(Utf8JsonWriter json, string name, string type, string text)
    {
        json.WriteString(name + TypeSuffix, type);
        json.WriteString(name, text);
    }

    /// <summary>Writes a point or an exponent, because a whole number without one is read as an integer.</summary>
    private static void WriteDouble(Utf8JsonWriter json, string name, double number)
    {
        string text = number.ToString(CultureInfo.InvariantCulture);
        json.WritePropertyName(name);
        json.WriteRawValue(text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0");
    }

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static string Text(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture);
}
