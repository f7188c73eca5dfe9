using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace CoinPay.Testing.Storage.Http;

/// <summary>Passes a client's request to a service in this process instead of the network.</summary>
internal sealed class MemoryTransport(
    Func<StorageCall, StorageWork> read, Func<StorageWork, ValueTask<StorageAnswer>> run) : HttpPipelineTransport
{
    public override Request CreateRequest() => new MemoryRequest();

    public override void Process(HttpMessage message)
    {
        ValueTask done = ProcessAsync(message);
        if (done.IsCompleted)
            done.GetAwaiter().GetResult();
        else
            done.AsTask().GetAwaiter().GetResult();
    }

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        message.CancellationToken.ThrowIfCancellationRequested();
        MemoryRequest request = (MemoryRequest)message.Request;
        StorageAnswer answer = await run(read(Call(request, message.CancellationToken)));
        message.Response = new MemoryResponse(answer, request.ClientRequestId);
    }

    private static StorageCall Call(MemoryRequest request, CancellationToken cancellation)
    {
        RequestUriBuilder uri = request.Uri;
        return StorageCall.Of(
            request.Method.Method,
            uri.Host ?? string.Empty,
            uri.Path,
            uri.Query,
            request.Lines,
            Body(request.Content, cancellation));
    }

    private static ReadOnlyMemory<byte> Body(RequestContent? content, CancellationToken cancellation)
    {
        if (content is null)
            return default;
        using MemoryStream body = new();
        content.WriteTo(body, cancellation);
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}

internal sealed class MemoryRequest : Request
{
    private string? _clientRequestId;

    public HeaderLines Lines { get; } = new();

    public override string ClientRequestId
    {
        get => _clientRequestId ??= Guid.NewGuid().ToString();
        set => _clientRequestId = value;
    }

    public override void Dispose() => Content?.Dispose();

    protected override void AddHeader(string name, string value) => Lines.Add(name, value);

    protected override void SetHeader(string name, string value) => Lines.Set(name, value);

    protected override bool RemoveHeader(string name) => Lines.Remove(name);

    protected override bool ContainsHeader(string name) => Lines.TryGet(name, out _);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => Lines.List();

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value) =>
        Lines.TryGet(name, out value);

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values) =>
        Lines.TryGetAll(name, out values);
}

internal sealed class MemoryResponse(StorageAnswer answer, string clientRequestId) : Response
{
    private readonly HeaderLines _lines = new(answer.Headers);

    public override int Status => answer.Status;

    public override string ReasonPhrase => ((System.Net.HttpStatusCode)answer.Status).ToString();

    public override Stream? ContentStream { get; set; } = new MemoryStream(answer.Body.ToArray(), writable: false);

    public override string ClientRequestId { get; set; } = clientRequestId;

    /// <summary>Keeps the body, as the network's transport does: the queue client reads it after disposing.</summary>
    public override void Dispose()
    {
    }

    protected override bool ContainsHeader(string name) => _lines.TryGet(name, out _);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => _lines.List();

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value) =>
        _lines.TryGet(name, out value);

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values) =>
        _lines.TryGetAll(name, out values);
}
