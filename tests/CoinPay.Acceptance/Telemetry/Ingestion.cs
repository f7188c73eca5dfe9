using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CoinPay.Acceptance.Telemetry;

/// <summary>
/// Azure Monitor's ingestion on 127.0.0.1: takes what the real exporter sends, gzip or not, a JSON object a line, and keeps it.
/// </summary>
internal sealed class Ingestion : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Sent> _sent = new();

    private Ingestion(WebApplication app) => _app = app;

    public string ConnectionString =>
        $"InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint={_app.Urls.Single()}/;LiveEndpoint={_app.Urls.Single()}/";

    public IReadOnlyList<Sent> All => [.. _sent];

    /// <summary>All of it as it came, for what must not be in it.</summary>
    public string Text => string.Join('\n', _sent.Select(sent => sent.Json.ToJsonString()));

    public static async Task<Ingestion> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        Ingestion ingestion = new(app);
        app.MapPost("{**path}", ingestion.TakeAsync);
        await app.StartAsync();
        return ingestion;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> TakeAsync(HttpRequest request)
    {
        bool isZipped = request.Headers.ContentEncoding.ToString() == "gzip";
        using StreamReader reader = new(isZipped ? new GZipStream(request.Body, CompressionMode.Decompress) : request.Body);
        int received = 0;
        while (await reader.ReadLineAsync() is { } line)
            if (line.Length > 0)
            {
                _sent.Enqueue(new(JsonNode.Parse(line)!));
                received++;
            }
        return Results.Json(new { itemsReceived = received, itemsAccepted = received, errors = Array.Empty<object>() });
    }
}

/// <summary>One row of Azure Monitor's tables.</summary>
internal sealed record Sent(JsonNode Json)
{
    /// <summary><c>RequestData</c>, <c>RemoteDependencyData</c>, <c>MessageData</c>, <c>MetricData</c>.</summary>
    public string Type => Json["data"]!["baseType"]!.GetValue<string>();

    public bool IsSpan => Type is "RequestData" or "RemoteDependencyData";

    public string? Name => (Data["name"] ?? Data["message"])?.GetValue<string>();

    /// <summary>The trace's id.</summary>
    public string? Trace => Json["tags"]?["ai.operation.id"]?.GetValue<string>();

    public string? InvoiceId => this["coinpay.invoice_id"];

    public string? this[string property] => Data["properties"]?[property]?.GetValue<string>();

    private JsonNode Data => Json["data"]!["baseData"]!;
}
