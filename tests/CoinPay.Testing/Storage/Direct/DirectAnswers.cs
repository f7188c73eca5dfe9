using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Core;

namespace CoinPay.Testing.Storage.Direct;

/// <summary>Responses as the client returns them.</summary>
internal static class DirectAnswers
{
    public static TableAnswer OrThrow(this TableAnswer answer) => answer.Refusal is { } refusal ? throw Failed(refusal) : answer;

    public static Response ToResponse(this TableAnswer answer) =>
        new DirectResponse(answer.Status, answer.Rows is [{ } row] ? row.ETag : null);

    public static RequestFailedException Failed(StorageRefusal refusal) => new(refusal.Status, refusal.Message, refusal.Code, null);
}

/// <summary>A status and an ETag.</summary>
internal sealed class DirectResponse(int status, string? tag) : Response
{
    private const string ETagHeader = "ETag";

    public override int Status => status;

    public override string ReasonPhrase => ((System.Net.HttpStatusCode)status).ToString();

    public override Stream? ContentStream { get; set; }

    public override string ClientRequestId { get; set; } = string.Empty;

    public override void Dispose()
    {
    }

    protected override bool ContainsHeader(string name) => TryGetHeader(name, out _);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => tag is null ? [] : [new(ETagHeader, tag)];

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
    {
        value = string.Equals(name, ETagHeader, StringComparison.OrdinalIgnoreCase) ? tag : null;
        return value is not null;
    }

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = TryGetHeader(name, out string? value) ? [value] : null;
        return values is not null;
    }
}

/// <summary>The row does not exist.</summary>
internal sealed class NoEntity<T>(Response response) : NullableResponse<T>
{
    public override bool HasValue => false;

    public override T Value => throw new InvalidOperationException("There is no such row.");

    public override Response GetRawResponse() => response;
}
