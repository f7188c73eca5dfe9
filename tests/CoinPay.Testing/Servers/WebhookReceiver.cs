using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using CoinPay.Testing.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CoinPay.Testing.Servers;

/// <summary>A received delivery.</summary>
internal sealed record Received(string Id, string Timestamp, string Signature, string Body)
{
    /// <summary>The sender's trace context, or null.</summary>
    public string? TraceParent { get; init; }

    public JsonNode Json => JsonNode.Parse(Body)!;

    public string Type => Json["type"]!.GetValue<string>();

    /// <summary>Null if the event is not about an invoice.</summary>
    public string? InvoiceId => Json["data"]!["invoice"]?["id"]!.GetValue<string>();
}

/// <summary>A merchant's endpoint on 127.0.0.1 that records every delivery.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Received> _received = new();

    private WebhookReceiver(WebApplication app, Uri address)
    {
        _app = app;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>The status it returns: 204 unless a test sets another.</summary>
    public Func<Received, int> Answer { get; set; } = _ => StatusCodes.Status204NoContent;

    public IReadOnlyList<Received> All => [.. _received];

    public static async Task<WebhookReceiver> StartAsync()
    {
        Uri address = new($"http://127.0.0.1:{LocalProcess.FreePort()}");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.ToString());
        WebApplication app = builder.Build();
        WebhookReceiver receiver = new(app, new Uri(address, "/hook"));
        app.MapPost("/hook", receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    public IEnumerable<Received> Of(string invoiceId) => All.Where(received => received.InvoiceId == invoiceId);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using StreamReader reader = new(context.Request.Body);
        IHeaderDictionary headers = context.Request.Headers;
        Received received = new(
            headers["webhook-id"].ToString(),
            headers["webhook-timestamp"].ToString(),
            headers["webhook-signature"].ToString(),
            await reader.ReadToEndAsync())
        {
            TraceParent = headers.TraceParent.Count == 0 ? null : headers.TraceParent.ToString(),
        };
        _received.Enqueue(received);
        context.Response.StatusCode = Answer(received);
    }
}
