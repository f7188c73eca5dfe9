using System.Globalization;
using System.Text.Json.Nodes;
using CoinPay.Core;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace CoinPay.Functions.Docs;

/// <summary>
/// Reads YAML as JSON. Plain scalars follow YAML 1.2's core schema (null, boolean, number); anything else is text.
/// Source: https://yaml.org/spec/1.2.2/#103-core-schema
/// </summary>
internal static class Yaml
{
    /// <summary>Reads the only document in the text.</summary>
    public static JsonObject Read(TextReader text)
    {
        YamlStream stream = [];
        stream.Load(text);
        return (JsonObject)Json(stream.Documents.Single().RootNode)!;
    }

    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(
            pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Json(pair.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(Json)]),
        YamlScalarNode { Style: ScalarStyle.Plain } plain => Scalar(plain.Value ?? ""),
        YamlScalarNode quoted => JsonValue.Create(quoted.Value),
        _ => throw new BugException("YAML " + node.NodeType),
    };

    private static JsonValue? Scalar(string text) => text switch
    {
        "" or "null" or "~" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) =>
            JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };
}
