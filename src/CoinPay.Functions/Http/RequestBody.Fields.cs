using System.Text;
using System.Text.Json;

namespace CoinPay.Functions.Http;

/// <summary>The typed readers.</summary>
internal sealed partial class RequestBody
{
    private const int MaxMetadataKeys = 50;
    private const int MaxMetadataKeyLength = 64;
    private const int MaxMetadataBytes = 4 * 1024;
    private const int MaxDecimalLength = 100;

    /// <summary>
    /// A string of 1 to <paramref name="maxLength"/> UTF-16 characters; "" when it is missing or wrong.
    /// </summary>
    public string RequiredString(string name, int maxLength) => ReadString(name, maxLength, required: true) ?? "";

    /// <summary>
    /// A string of 1 to <paramref name="maxLength"/> UTF-16 characters; null when it is missing, null or wrong.
    /// </summary>
    public string? OptionalString(string name, int maxLength) => ReadString(name, maxLength, required: false);

    /// <summary>A string out of a closed set; "" when it is missing or wrong.</summary>
    public string RequiredChoice(string name, params IReadOnlyList<string> choices)
    {
        string text = RequiredString(name, 100);
        if (text.Length > 0 && !choices.Contains(text, StringComparer.Ordinal))
            Refuse(name, "One of " + string.Join(", ", choices) + ".");
        return text;
    }

    /// <summary>A string out of a closed set.</summary>
    public string? OptionalChoice(string name, params IReadOnlyList<string> choices)
    {
        string? text = OptionalString(name, 100);
        if (text is null || choices.Contains(text, StringComparer.Ordinal))
            return text;
        Refuse(name, "One of " + string.Join(", ", choices) + ".");
        return null;
    }

    /// <summary>
    /// A non-negative decimal number written as a string, <c>"49.90"</c>; "" when it is missing or wrong. A JSON number
    /// is refused: floating point has no place in money.
    /// </summary>
    public string RequiredDecimal(string name)
    {
        string text = ReadDecimal(name, required: true) ?? "";
        return text;
    }

    public string? OptionalDecimal(string name) => ReadDecimal(name, required: false);

    public int? OptionalInteger(string name, int least, int most)
    {
        if (Find(name, required: false) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number
            && value.TryGetInt32(out int number)
            && number >= least
            && number <= most)
            return number;
        Refuse(name, $"A whole number from {least} to {most}, without quotes.");
        return null;
    }

    public bool? OptionalBoolean(string name)
    {
        if (Find(name, required: false) is not { } value)
            return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        Refuse(name, "true or false, without quotes.");
        return null;
    }

    /// <summary>An RFC 3339 instant with its offset.</summary>
    public DateTimeOffset? OptionalTime(string name)
    {
        if (OptionalString(name, 40) is not { } text)
            return null;
        if (Rfc3339.Parse(text) is { } at)
            return at;
        Refuse(name, $"A time such as {Rfc3339.Example}.");
        return null;
    }

    /// <summary>The object's fields are read from the answer; null when it is missing, null or wrong.</summary>
    public RequestBody? OptionalObject(string name)
    {
        if (Find(name, required: false) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Object)
            return Child(value, At(name));
        Refuse(name, "A JSON object.");
        return null;
    }

    /// <summary>
    /// As <see cref="OptionalObject"/>; when it is missing or wrong, an object whose fields are not complained about.
    /// </summary>
    public RequestBody RequiredObject(string name)
    {
        int before = _errors.Count;
        RequestBody? found = OptionalObject(name);
        if (found is null && _errors.Count == before && _element is not null)
            Refuse(name, "This field is needed.");
        return found ?? Child(null, At(name));
    }

    /// <summary>An array of objects; null when it is missing, null or wrong.</summary>
    public IReadOnlyList<RequestBody>? OptionalObjects(string name, int maxItems)
    {
        if (ReadArray(name, maxItems) is not { } array)
            return null;
        List<RequestBody> items = [];
        foreach ((int index, JsonElement item) in array.EnumerateArray().Index())
            if (item.ValueKind == JsonValueKind.Object)
                items.Add(Child(item, At(name) + "/" + index));
            else
                _errors.Add(new(At(name) + "/" + index, "A JSON object."));
        return items;
    }

    /// <summary>An array of strings, each of 1 to <paramref name="maxLength"/> characters, none twice.</summary>
    public IReadOnlyList<string>? OptionalStrings(string name, int maxItems, int maxLength)
    {
        if (ReadArray(name, maxItems) is not { } array)
            return null;
        List<string> items = [];
        foreach ((int index, JsonElement item) in array.EnumerateArray().Index())
        {
            string? text = item.ValueKind == JsonValueKind.String ? item.GetString() : null;
            if (text is null || WrongText(text, maxLength) is not null || items.Contains(text, StringComparer.Ordinal))
                _errors.Add(new(
                    At(name) + "/" + index,
                    $"A string of 1 to {maxLength} characters that is not in the list before."));
            else
                items.Add(text);
        }
        return items;
    }

    /// <summary>Strings by name, ≤ 50 of them and ≤ 4 KiB together; empty when missing or null.</summary>
    public IReadOnlyDictionary<string, string> Metadata(string name)
    {
        SortedDictionary<string, string> metadata = new(StringComparer.Ordinal);
        if (Find(name, required: false) is not { } value)
            return metadata;
        if (value.ValueKind != JsonValueKind.Object)
        {
            Refuse(name, "An object of strings.");
            return metadata;
        }
        foreach (JsonProperty field in value.EnumerateObject())
            if (field.Value.ValueKind == JsonValueKind.String && field.Name.Length is > 0 and <= MaxMetadataKeyLength)
                metadata[field.Name] = field.Value.GetString()!;
            else
                Refuse(name, $"Every value is a string, every name has 1 to {MaxMetadataKeyLength} characters.");
        int bytes = metadata.Sum(pair => Encoding.UTF8.GetByteCount(pair.Key) + Encoding.UTF8.GetByteCount(pair.Value));
        if (metadata.Count > MaxMetadataKeys || bytes > MaxMetadataBytes)
            Refuse(
                name, $"At most {MaxMetadataKeys} names, and {MaxMetadataBytes} bytes of names and values together.");
        return metadata;
    }

    /// <summary>
    /// The field as it is, for what has several forms (<c>12</c> or <c>"finalized"</c>); null when missing or null.
    /// </summary>
    public JsonElement? Find(string name, bool required)
    {
        _asked.Add(name);
        if (_element is not { } element)
            return null;
        if (element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null)
            return value;
        if (required)
            Refuse(name, "This field is needed.");
        return null;
    }

    private string? ReadString(string name, int maxLength, bool required)
    {
        if (Find(name, required) is not { } value)
            return null;
        string? wrong = value.ValueKind == JsonValueKind.String
            ? WrongText(value.GetString()!, maxLength)
            : "A string, in quotes.";
        if (wrong is null)
            return value.GetString();
        Refuse(name, wrong);
        return null;
    }

    private string? ReadDecimal(string name, bool required)
    {
        if (Find(name, required) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.String && IsDecimal(value.GetString()!))
            return value.GetString();
        Refuse(
            name,
            value.ValueKind == JsonValueKind.Number
                ? "A number is written as a string, in quotes: \"49.90\"."
                : "A decimal number without sign, exponent or leading zeros, such as \"49.90\".",
            Problems.InvalidAmountCode);
        return null;
    }

    private JsonElement? ReadArray(string name, int maxItems)
    {
        if (Find(name, required: false) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= maxItems)
            return value;
        Refuse(name, $"An array of at most {maxItems}.");
        return null;
    }

    private static string? WrongText(string text, int maxLength) =>
        text.Length == 0 || text.Length > maxLength ? $"1 to {maxLength} characters."
        : text.Any(c => char.IsControl(c) && c is not ('\t' or '\n' or '\r')) ? "Control characters are not allowed."
        : null;

    private static bool IsDecimal(string text)
    {
        string[] parts = text.Split('.');
        return text.Length <= MaxDecimalLength
            && parts.Length is 1 or 2
            && parts.All(part => part.Length > 0 && part.All(char.IsAsciiDigit))
            && (parts[0].Length == 1 || parts[0][0] != '0');
    }
}
