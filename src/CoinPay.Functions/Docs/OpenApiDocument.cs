using System.Reflection;
using System.Text.Json.Nodes;
using CoinPay.Core;
using CoinPay.Functions.Http;

namespace CoinPay.Functions.Docs;

/// <summary>
/// The OpenAPI 3.1 document: the union of this folder's YAML files, completed by rules. Tests check it against the app:
/// every call, scope, enum and response.
/// </summary>
internal static class OpenApiDocument
{
    private const string ResourceFolder = "openapi/";

    private static readonly Lazy<byte[]> Written = new(() => Platform.Json.Bytes(Build()));

    /// <summary>The document as UTF-8 JSON, built once.</summary>
    public static ReadOnlyMemory<byte> Json => Written.Value;

    /// <summary>Builds a new document, which the caller can change.</summary>
    public static JsonObject Build()
    {
        JsonObject document = [];
        Assembly app = typeof(OpenApiDocument).Assembly;
        foreach (string file in FilesOf(app))
        {
            using StreamReader text = new(app.GetManifestResourceStream(file)!);
            Merge(document, Yaml.Read(text));
        }
        Schemas(document)["ProblemCode"] = ProblemCode();
        foreach ((_, JsonNode? schema) in Schemas(document))
            RequireAll(schema!);
        foreach ((_, _, JsonObject operation) in Calls(document))
            OperationAnswers.Complete(operation);
        return document;
    }

    /// <summary>Returns every call in a document; methods are in lower case.</summary>
    public static IEnumerable<(string Path, string Method, JsonObject Operation)> Calls(JsonObject document) =>
        from path in document["paths"]!.AsObject()
        from method in path.Value!.AsObject()
        select (path.Key, method.Key, method.Value!.AsObject());

    // The file with the title comes first, so that the document begins with it.
    private static IEnumerable<string> FilesOf(Assembly app) => app.GetManifestResourceNames()
        .Where(name => name.StartsWith(ResourceFolder, StringComparison.Ordinal))
        .OrderBy(name => name != ResourceFolder + "gateway.yaml")
        .ThenBy(name => name, StringComparer.Ordinal);

    private static void Merge(JsonObject into, JsonObject part)
    {
        foreach ((string name, JsonNode? value) in part.ToList())
        {
            part.Remove(name);
            if (into[name] is JsonObject there && value is JsonObject more)
                Merge(there, more);
            else if (!into.TryAdd(name, value))
                throw new BugException($"{name} is in two files of the document");
        }
    }

    private static JsonObject Schemas(JsonObject document) => document["components"]!["schemas"]!.AsObject();

    private static JsonObject ProblemCode() => new()
    {
        ["description"] = "A stable code that clients can switch on.",
        ["type"] = "string",
        ["enum"] = new JsonArray([.. ProblemKinds.All.Select(kind => JsonValue.Create(kind.Code))]),
    };

    /// <summary>Makes every property required in each schema that does not list its required properties.</summary>
    private static void RequireAll(JsonNode node)
    {
        if (node is JsonArray items)
            foreach (JsonNode? item in items.OfType<JsonNode>())
                RequireAll(item);
        if (node is not JsonObject schema)
            return;
        foreach ((string name, JsonNode? part) in schema)
            if (part is not null && name != "examples")
                RequireAll(part);
        if (schema["properties"] is not JsonObject properties || schema["type"] is null)
            return;
        if (!schema.ContainsKey("required"))
            schema["required"] = new JsonArray([.. properties.Select(property => JsonValue.Create(property.Key))]);
        else if (schema["required"] is JsonArray { Count: 0 })
            schema.Remove("required");
    }
}
