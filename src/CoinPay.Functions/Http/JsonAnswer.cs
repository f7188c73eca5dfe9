using CoinPay.Functions.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace CoinPay.Functions.Http;

/// <summary>
/// An answer as bytes: what is stored for an Idempotency-Key and sent again later is the same, byte for byte.
/// </summary>
internal sealed record JsonAnswer(int Status, ReadOnlyMemory<byte> Body, string ContentType = JsonAnswer.JsonType)
    : IActionResult
{
    public const string JsonType = "application/json; charset=utf-8";

    private IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public static JsonAnswer Ok<T>(T body) => new(StatusCodes.Status200OK, Json.Bytes(body));

    public static JsonAnswer Created<T>(T body) => new(StatusCodes.Status201Created, Json.Bytes(body));

    /// <summary>202: begun, and carried on after the answer.</summary>
    public static JsonAnswer Accepted<T>(T body) => new(StatusCodes.Status202Accepted, Json.Bytes(body));

    /// <summary>204.</summary>
    public static JsonAnswer Nothing { get; } = new(StatusCodes.Status204NoContent, ReadOnlyMemory<byte>.Empty);

    public JsonAnswer With(string header, string value) =>
        this with { Headers = new Dictionary<string, string>(Headers) { [header] = value } };

    public async Task ExecuteResultAsync(ActionContext context)
    {
        HttpResponse response = context.HttpContext.Response;
        response.StatusCode = Status;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        foreach ((string name, string value) in Headers)
            response.Headers[name] = value;
        if (Body.IsEmpty)
            return;
        response.ContentType = ContentType;
        response.ContentLength = Body.Length;
        await response.Body.WriteAsync(Body, context.HttpContext.RequestAborted);
    }
}
