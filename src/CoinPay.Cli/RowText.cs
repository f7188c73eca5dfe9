using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;

namespace CoinPay.Cli;

/// <summary>
/// A row as one line of JSON: its keys, then each property as a type and a value. The types are those of the Table service.
/// Source: https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model#property-types
/// </summary>
internal static class RowText
{
    private static readonly JsonSerializerOptions Form = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(TableEntity row)
    {
        JsonObject properties = [];
        foreach ((string name, object value) in row)
            if (value is not null && name is not ("PartitionKey" or "RowKey" or "Timestamp" or "odata.etag"))
                properties[name] = Typed(name, value);
        return new JsonArray(row.PartitionKey, row.RowKey, properties).ToJsonString(Form);
    }

    public static TableEntity Read(string line)
    {
        JsonArray parts = JsonNode.Parse(line)!.AsArray();
        TableEntity row = new((string)parts[0]!, (string)parts[1]!);
        foreach ((string name, JsonNode? typed) in parts[2]!.AsObject())
            row[name] = Value((string)typed![0]!, typed[1]!);
        return row;
    }

    private static JsonArray Typed(string name, object value) => value switch
    {
        string text => new("string", text),
        int number => new("int", number),
        long number => new("long", number.ToString(CultureInfo.InvariantCulture)),
        double number => new("double", number.ToString("R", CultureInfo.InvariantCulture)),
        bool flag => new("bool", flag),
        byte[] bytes => new("binary", Convert.ToBase64String(bytes)),
        Guid guid => new("guid", guid.ToString()),
        DateTimeOffset instant => new("instant", instant.ToString("O", CultureInfo.InvariantCulture)),
        _ => throw new RefusedException($"the property {name} has the unknown type {value.GetType().Name}"),
    };

    private static object Value(string type, JsonNode value) => type switch
    {
        "string" => (string)value!,
        "int" => (int)value,
        "long" => long.Parse((string)value!, CultureInfo.InvariantCulture),
        "double" => double.Parse((string)value!, CultureInfo.InvariantCulture),
        "bool" => (bool)value,
        "binary" => Convert.FromBase64String((string)value!),
        "guid" => Guid.Parse((string)value!),
        "instant" => DateTimeOffset.Parse((string)value!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
        _ => throw new RefusedException($"a value has the unknown type {type}"),
    };
}
