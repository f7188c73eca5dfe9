using System.Net;

namespace CoinPay.Testing.Gateway;

/// <summary>Passes a test's calls on to the gateway and checks each, with its response, against the OpenAPI document.</summary>
internal sealed class DocumentedAnswers() : DelegatingHandler(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8 })
{
    /// <summary>The management API of the durable functions, which the document does not cover.</summary>
    private const string Management = "/runtime/";

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string? sent = request.Content is { } body ? await body.ReadAsStringAsync(cancellationToken) : null;
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        if (request.RequestUri!.AbsolutePath.StartsWith(Management, StringComparison.Ordinal))
            return response;
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        // The host's own, without a body, while it starts, stops, or has no worker.
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable && response.Content.Headers.ContentLength == 0)
            return response;
        Dictionary<string, string> headers = response.Headers.Concat(response.Content.Headers).ToDictionary(
            header => header.Key.ToLowerInvariant(), header => string.Join(", ", header.Value));
        OpenApiCheck.Check(new(
            null, request.Method.Method, request.RequestUri.PathAndQuery, sent, (int)response.StatusCode, headers,
            await response.Content.ReadAsStringAsync(cancellationToken)));
        return response;
    }
}
