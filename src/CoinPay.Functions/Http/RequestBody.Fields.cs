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
    /// Reads a string of 1 to <paramref name="maxLength"/> code points. Returns "" if it is missing or invalid.
    /// </summary>
    public string RequiredString(string name, int maxLength) => ReadString(name, maxLength, required: true) ?? "";

    /// <summary>
    /// Reads a string of 1 to <paramref name="maxLength"/> code points; null if it is missing, null or invalid.
    /// </summary>
    public string? OptionalString(string name, int maxLength) => ReadString(name, maxLength, required: false);

    /// <summary>Reads a string from a closed set. Returns "" if it is missing or invalid.</summary>
    public string RequiredChoice(string name, params IReadOnlyList<string> choices)
    {
        string text = RequiredString(name, 100);
        if (text.Length > 0 && !choices.Contains(text, StringComparer.Ordinal))
            Refuse(name, "One of " + string.Join(", ", choices) + ".");
        return text;
    }

    /// <summary>Reads a string from a closed set.</summary>
    public string? OptionalChoice(string name, params IReadOnlyList<string> choices)
    {
        string? text = OptionalString(name, 100);
        if (text is null || choices.Contains(text, StringComparer.Ordinal))
            return text;
        Refuse(name, "One of " + string.Join(", ", choices) + ".");
        return null;
    }

    /// <summary>
    /// Reads a non-negative decimal number written as a string, <c>"49.90"</c>. Returns "" if it is missing or invalid.
    /// A JSON number is refused, because money must never be floating-point.
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
        if (WholeNumber(value) is { } number && number >= least && number <= most)
            return number;
        Refuse(name, $"A whole number from {least} to {most}, without quotes.");
        return null;
    }

    /// <summary>Returns the value of a JSON number without a fraction, such as 15 or 15.0; null for anything else.</summary>
    public static int? WholeNumber(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number
        && value.TryGetDecimal(out decimal number)
        && number == decimal.Truncate(number)
        && number is >= int.MinValue and <= int.MaxValue
            ? (int)number
            : null;

    public bool? OptionalBoolean(string name)
    {
        if (Find(name, required: false) is not { } value)
            return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        Refuse(name, "true or false, without quotes.");
        return null;
    }

    /// <summary>Reads an RFC 3339 instant with its offset.</summary>
    public DateTimeOffset? OptionalTime(string name)
    {
        if (OptionalString(name, 40) is not { } text)
            return null;
        if (Rfc3339.Parse(text) is { } at)
            return at;
        Refuse(name, $"A time such as {Rfc3339.Example}.");
        return null;
    }

    /// <summary>Returns the object, for reading its fields, or null if it is missing, null or invalid.</summary>
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
    /// Like <see cref="OptionalObject"/>; if it is missing or invalid, returns an object whose fields cause no errors.
    /// </summary>
    public RequestBody RequiredObject(string name)
    {
        int before = _errors.Count;
        RequestBody? found = OptionalObject(name);
        if (found is null && _errors.Count == before && _element is not null)
            Refuse(name, "This field is required.");
        return found ?? Child(null, At(name));
    }

    /// <summary>Reads an array of objects. Returns null if it is missing, null or invalid.</summary>
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

    /// <summary>Reads an array of distinct strings, each of 1 to <paramref name="maxLength"/> characters.</summary>
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
                    $"A string of 1 to {maxLength} characters that is not already in the list."));
            else
                items.Add(text);
        }
        return items;
    }

    /// <summary>Reads strings by name, at most 50 and 4 KiB in total; empty if missing or null.</summary>
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
            if (field.Value.ValueKind == JsonValueKind.String && TextLength.Of(field.Name) is > 0 and <= MaxMetadataKeyLength)
                metadata[field.Name] = field.Value.GetString()!;
            else
                Refuse(name, $"Values must be strings, and names must have 1 to {MaxMetadataKeyLength} characters.");
        int bytes = metadata.Sum(pair => Encoding.UTF8.GetByteCount(pair.Key) + Encoding.UTF8.GetByteCount(pair.Value));
        if (metadata.Count > MaxMetadataKeys || bytes > MaxMetadataBytes)
            Refuse(
                name, $"At most {MaxMetadataKeys} names, and {MaxMetadataBytes} bytes of names and values in total.");
        return metadata;
    }

    /// <summary>
    /// Returns the raw field, for values with several forms (<c>12</c> or <c>"finalized"</c>), or null if it is missing
    /// or null.
    /// </summary>
    public JsonElement? Find(string name, bool required)
    {
        _asked.Add(name);
        if (_element is not { } element)
            return null;
        if (element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null)
            return value;
        if (required)
            Refuse(name, "This field is required.");
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
                ? "Write numbers as strings, in quotes: \"49.90\"."
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
        Refuse(name, $"An array of at most {maxItems} items.");
        return null;
    }

    private static string? WrongText(string text, int maxLength) =>
        text.Length == 0 || TextLength.Of(text) > maxLength ? $"1 to {maxLength} characters."
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
