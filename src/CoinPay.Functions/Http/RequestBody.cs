using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace CoinPay.Functions.Http;

/// <summary>
/// A request's JSON object, read field by field. Errors, including unknown fields, are collected with their JSON pointers
/// and thrown together by <see cref="ThrowIfInvalid"/>. Reading a missing or invalid field returns a harmless default, so
/// that reading can continue.
/// </summary>
internal sealed partial class RequestBody
{
    public const int MaxBytes = 64 * 1024;
    private const int MaxDepth = 16;

    private static readonly object BytesItem = new();

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

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

    /// <summary>The raw body, for the hash that is stored with an Idempotency-Key.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The JSON pointer to this object in the body; empty for the body itself.</summary>
    public string Pointer { get; }

    /// <summary>
    /// Reads at most <see cref="MaxBytes"/> and requires a JSON object in UTF-8 without duplicate names.
    /// Throws <see cref="ProblemException"/> with 413, 415 or 400, none of which repeats any part of the body.
    /// </summary>
    public static async Task<RequestBody> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        byte[] bytes = await ReadBytesAsync(request, cancellation);
        return new(Parse(bytes), "", [], bytes);
    }

    /// <summary>Like <see cref="ReadAsync"/>, but a missing body counts as an empty object.</summary>
    public static async Task<RequestBody> ReadOptionalAsync(HttpRequest request, CancellationToken cancellation) =>
        Of(await ReadBytesAsync(request, cancellation), emptyIsObject: true);

    /// <summary>Like <see cref="ReadAsync"/>, from bytes; refuses an empty body unless <paramref name="emptyIsObject"/>.</summary>
    public static RequestBody Of(ReadOnlyMemory<byte> bytes, bool emptyIsObject = false)
    {
        ReadOnlyMemory<byte> read = bytes.IsEmpty && emptyIsObject ? "{}"u8.ToArray() : bytes;
        return new(Parse(read), "", [], read);
    }

    /// <summary>
    /// Reads the body's bytes without parsing them, and without a byte order mark. Throws 413 and 415 problems.
    /// </summary>
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
        return bytes.AsSpan().StartsWith(ByteOrderMark) ? bytes[ByteOrderMark.Length..] : bytes;
    }

    /// <summary>Returns the bytes of a call's body; empty if the body was not read.</summary>
    public static ReadOnlySpan<byte> ReadOf(HttpContext http) => http.Items[BytesItem] as byte[];

    /// <summary>Whether the field is present, even if null. Does not mark it as known.</summary>
    public bool Has(string name) => _element is { } element && element.TryGetProperty(name, out _);

    /// <summary>Whether the field is present and not null. Does not mark it as known.</summary>
    public bool HasValue(string name) =>
        _element is { } element && element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Adds an error that the caller found in a field of this object.</summary>
    public void Refuse(string name, string detail, string code = Problems.InvalidRequestCode) =>
        _errors.Add(new(At(name), detail) { Code = code });

    /// <summary>
    /// Throws one problem with all errors found in this object and the objects read from it.
    /// </summary>
    public void ThrowIfInvalid()
    {
        RefuseUnknownFields();
        if (_errors.Count > 0)
            throw new ProblemException(Problems.InvalidFields(_errors));
    }

    /// <summary>Returns every name and every string value in the body, in order.</summary>
    public IEnumerable<string> AllText() => _element is { } element ? TextOf(element) : [];

    private static bool IsJson(HttpRequest request)
    {
        string type = (request.ContentType ?? "application/json").Split(';')[0].Trim();
        // Many clients write UTF-8 without its hyphen.
        bool utf8 = HeaderUtilities.RemoveQuotes(request.GetTypedHeaders().ContentType?.Charset ?? default) is not { Length: > 0 } charset
            || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase);
        bool plain = request.Headers.ContentEncoding.Count == 0;
        return plain && utf8 && type.Equals("application/json", StringComparison.OrdinalIgnoreCase);
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
            throw new ProblemException(Problems.InvalidRequest("The body is empty; a JSON object is required."));
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
                $"The body is not JSON, contains a name twice in one object, or is nested deeper than {MaxDepth}{where}."));
        }
        catch (InvalidOperationException)
        {
            // A string with a lone surrogate (\ud800) parses but cannot be read.
            throw new ProblemException(Problems.InvalidRequest("The body contains a string that is not valid Unicode."));
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
