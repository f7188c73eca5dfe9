using System.Text.Json.Nodes;

namespace CoinPay.Functions.Tests.Docs;

/// <summary>Makes values that a schema of the document allows, from a seeded random source.</summary>
internal sealed class SchemaValues(JsonObject document, Random random)
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .-_";
    private const string Unique = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int DefaultLength = 30;

    /// <summary>A parameter or schema, with its reference followed.</summary>
    public JsonObject Resolve(JsonNode node) => node["$ref"]?.ToString() is { } reference
        ? Resolve(reference[2..].Split('/').Aggregate((JsonNode)document, (at, name) => at[name]!))
        : node.AsObject();

    public JsonNode? Of(JsonNode node)
    {
        JsonObject schema = Resolve(node);
        if (schema["const"] is { } constant)
            return constant.DeepClone();
        if (schema["enum"] is JsonArray words)
            return Pick(words)?.DeepClone();
        if (schema["examples"] is JsonArray examples && schema["properties"] is null && random.Next(2) == 0)
            return Pick(examples)?.DeepClone();
        if (schema["oneOf"] is JsonArray choices)
            return Of(Pick(choices)!);
        return (schema["type"] is JsonArray types ? Pick(types)! : schema["type"]!).ToString() switch
        {
            "object" => Object(schema),
            "array" => Array(schema),
            "integer" => random.Next(Number(schema, "minimum", 0), Number(schema, "maximum", 100_000) + 1),
            "number" => random.Next(0, 101),
            "boolean" => random.Next(2) == 0,
            "null" => null,
            _ => Text(schema),
        };
    }

    private JsonObject Object(JsonObject schema)
    {
        JsonObject made = [];
        string[] required = [.. schema["required"]?.AsArray().Select(name => name!.ToString()) ?? []];
        foreach ((string name, JsonNode? part) in schema["properties"]?.AsObject() ?? [])
            if (required.Contains(name) || random.Next(3) == 0)
                made[name] = Of(part!);
        if (schema["additionalProperties"] is JsonObject values)
            for (int i = random.Next(4); i > 0; i--)
                made["name" + i] = Of(values);
        return made;
    }

    private JsonArray Array(JsonObject schema)
    {
        List<JsonNode?> items = [];
        for (int i = random.Next(Number(schema, "minItems", 0), Number(schema, "minItems", 0) + 3); i > 0; i--)
            items.Add(Of(schema["items"]!));
        return [.. items.DistinctBy(item => item?.ToJsonString())];
    }

    private string Text(JsonObject schema) => (schema["format"]?.ToString(), schema["pattern"]?.ToString()) switch
    {
        ("date-time", _) => DateTime.UtcNow.AddDays(random.Next(1, 100)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
        (_, { } pattern) when pattern.Contains("{26}$", StringComparison.Ordinal) => pattern[1..5] + Random(Unique, 26),
        (_, { } pattern) when pattern.Contains("0x", StringComparison.Ordinal) => "0x" + Random("0123456789abcdef", 40),
        (_, { } pattern) when pattern.StartsWith("^(0|", StringComparison.Ordinal) => random.Next(1, 100_000) + "." + random.Next(1, 100),
        (_, { } pattern) when pattern.StartsWith("^[0-9]{1,3}", StringComparison.Ordinal) => random.Next(101) + ".5",
        (_, { }) when schema["examples"] is JsonArray examples => Pick(examples)!.ToString(),
        _ => Random(Letters, random.Next(
            Number(schema, "minLength", 1), Math.Min(Number(schema, "maxLength", DefaultLength), DefaultLength) + 1)),
    };

    private string Random(string alphabet, int length) => new(random.GetItems<char>(alphabet, length));

    private JsonNode? Pick(JsonArray choices) => choices[random.Next(choices.Count)];

    private static int Number(JsonObject schema, string name, int otherwise) => schema[name]?.GetValue<int>() ?? otherwise;
}
