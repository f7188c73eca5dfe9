namespace CoinPay.Functions.Tests.World;

/// <summary>Lets a test's calls to the gateway through and holds each, with its answer, to the OpenAPI document.</summary>
internal sealed class DocumentedAnswers() : DelegatingHandler(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8 })
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string? sent = request.Content is { } body ? await body.ReadAsStringAsync(cancellationToken) : null;
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        Dictionary<string, string> headers = response.Headers.Concat(response.Content.Headers).ToDictionary(
            header => header.Key.ToLowerInvariant(), header => string.Join(", ", header.Value));
        await OpenApiWitness.CheckAsync(new(
            null, request.Method.Method, request.RequestUri!.PathAndQuery, sent, (int)response.StatusCode, headers,
            await response.Content.ReadAsStringAsync(cancellationToken)));
        return response;
    }
}
