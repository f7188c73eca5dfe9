using CoinPay.Functions.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace CoinPay.Functions.Http;

/// <summary>
/// An answer as bytes, so that the answer stored for an Idempotency-Key is sent again later byte for byte.
/// </summary>
internal sealed record JsonAnswer(int Status, ReadOnlyMemory<byte> Body, string ContentType = JsonAnswer.JsonType)
    : IActionResult
{
    public const string JsonType = "application/json; charset=utf-8";

    private IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public static JsonAnswer Ok<T>(T body) => new(StatusCodes.Status200OK, Json.Bytes(body));

    public static JsonAnswer Created<T>(T body) => new(StatusCodes.Status201Created, Json.Bytes(body));

    /// <summary>202: the work has started and continues after the response.</summary>
    public static JsonAnswer Accepted<T>(T body) => new(StatusCodes.Status202Accepted, Json.Bytes(body));

    /// <summary>204, without a body.</summary>
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
