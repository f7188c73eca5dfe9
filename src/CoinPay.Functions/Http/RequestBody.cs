using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace CoinPay.Functions.Http;

/// <summary>
/// A request's JSON object, read field by field. What is wrong is collected with its JSON pointer, fields that nobody
/// asked for included, and thrown together by <see cref="ThrowIfInvalid"/>. A reader of a missing or wrong field
/// answers a harmless default, so that reading goes on.
/// </summary>
internal sealed partial class RequestBody
{
    public const int MaxBytes = 64 * 1024;
    private const int MaxDepth = 16;

    private static readonly object BytesItem = new();

    private readonly JsonElement? _element;
    private readonly List<ProblemError> _errors;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly List<RequestBody> _children = [];

    private RequestBody(JsonElement? element, string pointer, List<ProblemError> errors, ReadOnlyMemory<byte> bytes)
    {
        _element = element;
        Pointer = pointer;
        _errors = errors;
        Bytes = bytes;
    }

    /// <summary>The whole body as it came, for the hash that goes with an Idempotency-Key.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Where this object stands in the body: empty for the body itself.</summary>
    public string Pointer { get; }

    /// <summary>
    /// Reads at most <see cref="MaxBytes"/> and requires a JSON object in UTF-8 without a doubled name.
    /// Throws <see cref="ProblemException"/>: 413, 415 or 400, none of which repeats any of the body.
    /// </summary>
    public static async Task<RequestBody> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        byte[] bytes = await ReadBytesAsync(request, cancellation);
        return new(Parse(bytes), "", [], bytes);
    }

    /// <summary>The same where all fields may be left out: no body at all is an empty object.</summary>
    public static async Task<RequestBody> ReadOptionalAsync(HttpRequest request, CancellationToken cancellation) =>
        Of(await ReadBytesAsync(request, cancellation), emptyIsObject: true);

    /// <summary>The same from bytes; an empty body is refused unless <paramref name="emptyIsObject"/>.</summary>
    public static RequestBody Of(ReadOnlyMemory<byte> bytes, bool emptyIsObject = false)
    {
        ReadOnlyMemory<byte> read = bytes.IsEmpty && emptyIsObject ? "{}"u8.ToArray() : bytes;
        return new(Parse(read), "", [], read);
    }

    /// <summary>The body's bytes, whatever they hold. Throws 413 and 415.</summary>
    public static async Task<byte[]> ReadBytesAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (request.ContentLength > MaxBytes)
            throw new ProblemException(Problems.BodyTooLarge);
        byte[] buffer = new byte[MaxBytes + 1];
        int length;
        try
        {
            length = await request.Body.ReadAtLeastAsync(
                buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new ProblemException(Problems.BodyTooLarge);
        }
        if (length > MaxBytes)
            throw new ProblemException(Problems.BodyTooLarge);
        if (length > 0 && !IsJson(request))
            throw new ProblemException(Problems.UnsupportedMediaType);
        byte[] bytes = buffer[..length];
        request.HttpContext.Items[BytesItem] = bytes;
        return bytes;
    }

    /// <summary>The bytes of a call's body as they were read; none if nobody has read it.</summary>
    public static ReadOnlySpan<byte> ReadOf(HttpContext http) => http.Items[BytesItem] as byte[];

    /// <summary>Whether the field is there, null included. Does not count as asking for it.</summary>
    public bool Has(string name) => _element is { } element && element.TryGetProperty(name, out _);

    /// <summary>Whether the field is there and not null. Does not count as asking for it.</summary>
    public bool HasValue(string name) =>
        _element is { } element && element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Adds what only the caller could find wrong with a field of this object.</summary>
    public void Refuse(string name, string detail, string code = Problems.InvalidRequestCode) =>
        _errors.Add(new(At(name), detail) { Code = code });

    /// <summary>
    /// Throws one problem with everything that was found wrong, here and in the objects read from here.
    /// </summary>
    public void ThrowIfInvalid()
    {
        RefuseUnknownFields();
        if (_errors.Count > 0)
            throw new ProblemException(Problems.InvalidFields(_errors));
    }

    /// <summary>Every name and every string value of the body, in order.</summary>
    public IEnumerable<string> AllText() => _element is { } element ? TextOf(element) : [];

    private static bool IsJson(HttpRequest request)
    {
        string type = (request.ContentType ?? "application/json").Split(';')[0].Trim();
        bool utf8 = request.GetTypedHeaders().ContentType?.Charset is not { HasValue: true } charset
            || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            || charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase);
        bool plain = request.Headers.ContentEncoding.Count == 0;
        return plain && utf8 && type.Equals("application/json", StringComparison.OrdinalIgnoreCase);
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
            throw new ProblemException(Problems.InvalidRequest("The body is empty; a JSON object is needed."));
        if (!Utf8.IsValid(bytes.Span))
            throw new ProblemException(Problems.InvalidRequest("The body is not UTF-8."));
        try
        {
            JsonDocumentOptions options = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };
            JsonElement element = JsonDocument.Parse(bytes, options).RootElement;
            _ = TextOf(element).Count();
            return element.ValueKind == JsonValueKind.Object
                ? element
                : throw new ProblemException(Problems.InvalidRequest("The body is not a JSON object."));
        }
        catch (JsonException wrong)
        {
            string where = wrong.LineNumber is { } line
                ? $" (line {line + 1}, byte {wrong.BytePositionInLine + 1})"
                : "";
            throw new ProblemException(Problems.InvalidRequest(
                $"The body is not JSON, holds a name twice in one object, or is nested deeper than {MaxDepth}{where}."));
        }
        catch (InvalidOperationException)
        {
            // A string with half of a surrogate pair (\ud800) parses but cannot be read.
            throw new ProblemException(Problems.InvalidRequest("The body holds a string that is not valid Unicode."));
        }
    }

    private static IEnumerable<string> TextOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(field => TextOf(field.Value).Prepend(field.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(TextOf),
        JsonValueKind.String => [element.GetString()!],
        _ => [],
    };

    private void RefuseUnknownFields()
    {
        if (_element is { } element)
            foreach (JsonProperty field in element.EnumerateObject().Where(field => !_asked.Contains(field.Name)))
                Refuse(field.Name, "This field is not known here.", Problems.UnknownFieldCode);
        foreach (RequestBody child in _children)
            child.RefuseUnknownFields();
    }

    // RFC 6901: ~ and / are escaped in a pointer.
    private string At(string name) =>
        Pointer + "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private RequestBody Child(JsonElement? element, string pointer)
    {
        RequestBody child = new(element, pointer, _errors, Bytes);
        _children.Add(child);
        return child;
    }
}
