using System.Text.Json;

namespace CoinPay.Host.App;

/// <summary>A function's binding in the worker's JSON. Property names are case-insensitive, as on the real host.</summary>
internal sealed class Binding(JsonElement json)
{
    public string Type => Text("type") ?? "";

    public string Name => Text("name") ?? "";

    public bool Is(string type) => string.Equals(Type, type, StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns null if the property does not exist or is not a string.</summary>
    public string? Text(string name) => Find(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>Returns null if the property does not exist.</summary>
    public bool? Flag(string name) =>
        Find(name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } value ? value.GetBoolean() : null;

    public IReadOnlyList<string> Texts(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Array } value ? [.. value.EnumerateArray().Select(text => text.GetString()!)] : [];

    /// <summary>The worker takes a reference from the trigger and creates its parameter itself.</summary>
    public bool IsDeferred => Find("properties") is { ValueKind: JsonValueKind.Object } properties
        && bool.TryParse(new Binding(properties).Text("supportsDeferredBinding"), out bool isDeferred) && isDeferred;

    private JsonElement? Find(string name)
    {
        foreach (JsonProperty property in json.EnumerateObject())
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return property.Value;
        return null;
    }
}
