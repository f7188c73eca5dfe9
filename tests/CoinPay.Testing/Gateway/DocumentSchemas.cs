using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace CoinPay.Testing.Gateway;

/// <summary>
/// The JSON schemas of an OpenAPI 3.1 document. Objects are closed here: a field that is not in the document is an error.
/// </summary>
internal sealed class DocumentSchemas
{
    private const string Components = "#/components/schemas/";
    private const string Root = "https://coinpay.test/openapi";

    private static readonly EvaluationOptions Evaluation = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    private readonly JsonObject _document;
    private readonly BuildOptions _build = new() { SchemaRegistry = new(), Dialect = Dialect.Draft202012 };
    private readonly ConcurrentDictionary<JsonNode, Lazy<JsonSchema>> _built = new(ReferenceEqualityComparer.Instance);

    public DocumentSchemas(JsonObject document)
    {
        _document = document;
        JsonObject components = Closed(document["components"]!["schemas"]!).AsObject();
        _ = JsonSchema.Build(JsonSerializer.SerializeToElement(new JsonObject { ["$id"] = Root, ["$defs"] = components }), _build);
    }

    /// <summary>Resolves a reference in the document; returns the node itself if it is not one.</summary>
    public JsonNode Resolve(JsonNode node) => node is JsonObject && node["$ref"] is { } reference
        ? reference.ToString()[2..].Split('/').Aggregate((JsonNode)_document, (at, part) => at[part]!)
        : node;

    /// <summary>Returns the errors of a text against a schema of the document, or null if there are none.</summary>
    public string? Wrong(JsonNode schema, string text)
    {
        try
        {
            return Wrong(schema, JsonElement.Parse(text));
        }
        catch (JsonException)
        {
            return "not JSON: " + text;
        }
    }

    public string? Wrong(JsonNode schema, JsonElement value)
    {
        EvaluationResults results = _built.GetOrAdd(schema, _ => new(() => BuildOne(schema))).Value.Evaluate(value, Evaluation);
        return results.IsValid ? null : string.Join("; ", (results.Details ?? []).Where(part => part.Errors is not null).SelectMany(
            part => part.Errors!.Select(error => $"{part.InstanceLocation} {error.Key} {error.Value}")));
    }

    /// <summary>Returns the errors in the examples of the document's schemas.</summary>
    public IReadOnlyList<string> WrongExamples() => [
        .. from schema in Below(_document["components"]!["schemas"]!)
           where schema["examples"] is JsonArray && (schema["type"] ?? schema["const"] ?? schema["oneOf"] ?? schema["allOf"]) is not null
           from example in schema["examples"]!.AsArray()
           let wrong = Wrong(schema, JsonSerializer.SerializeToElement(example))
           where wrong is not null
           select $"{schema.GetPath()}: {wrong}"];

    private JsonSchema BuildOne(JsonNode schema)
    {
        lock (_build)
            return JsonSchema.Build(JsonSerializer.SerializeToElement(Closed(schema)), _build);
    }

    private JsonNode Closed(JsonNode schema)
    {
        JsonNode closed = schema.DeepClone();
        Close(closed, isPart: false);
        foreach (JsonObject node in Below(closed).Where(node => node["$ref"] is not null).ToList())
            node["$ref"] = node["$ref"]!.ToString().Replace(Components, Root + "#/$defs/", StringComparison.Ordinal);
        return closed;
    }

    /// <summary>Closes every object schema from a node down. The parts of an allOf are copied in and closed together.</summary>
    private void Close(JsonNode? node, bool isPart)
    {
        if (node is JsonArray items)
            foreach (JsonNode? item in items)
                Close(item, isPart: false);
        if (node is not JsonObject schema)
            return;
        if (schema["allOf"] is JsonArray parts)
        {
            schema["allOf"] = new JsonArray([.. parts.Select(part => Resolve(part!).DeepClone())]);
            foreach (JsonNode? part in schema["allOf"]!.AsArray())
                Close(part, isPart: true);
            schema["unevaluatedProperties"] = false;
            return;
        }
        foreach ((string name, JsonNode? part) in schema)
            if (name is not ("examples" or "example"))
                Close(part, isPart: false);
        if (!isPart && schema.ContainsKey("properties") && schema.ContainsKey("type") && !schema.ContainsKey("additionalProperties"))
            schema["unevaluatedProperties"] = false;
    }

    private static IEnumerable<JsonObject> Below(JsonNode? node) => node switch
    {
        JsonArray items => items.SelectMany(Below),
        JsonObject found => found.Where(part => part.Key != "examples").SelectMany(part => Below(part.Value)).Prepend(found),
        _ => [],
    };
}
