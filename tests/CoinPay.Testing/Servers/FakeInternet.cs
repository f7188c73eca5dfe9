using System.Collections.Concurrent;
using System.Net;

namespace CoinPay.Testing.Servers;

/// <summary>A POST that a shop received.</summary>
internal sealed record Sent(Uri Url, string Id, string Timestamp, string Signature, string Body);

/// <summary>All shops, in this process: they record requests and respond as a test wants.</summary>
internal sealed class FakeInternet : HttpMessageHandler
{
    private readonly ConcurrentQueue<Sent> _sent = new();

    public IReadOnlyList<Sent> Sent => [.. _sent];

    /// <summary>204 unless a test says otherwise.</summary>
    public Func<Sent, HttpResponseMessage> Answer { get; set; } = _ => new(HttpStatusCode.NoContent);

    public void AlwaysAnswer(HttpStatusCode status) => Answer = _ => new(status);

    public IEnumerable<Sent> To(Uri url) => _sent.Where(sent => sent.Url == url);

    public void Forget() => _sent.Clear();

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string Header(string name) => request.Headers.GetValues(name).Single();
        Sent sent = new(
            request.RequestUri!,
            Header("webhook-id"),
            Header("webhook-timestamp"),
            Header("webhook-signature"),
            await request.Content!.ReadAsStringAsync(cancellationToken));
        _sent.Enqueue(sent);
        return Answer(sent);
    }
}
