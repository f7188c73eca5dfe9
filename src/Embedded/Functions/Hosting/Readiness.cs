using Azure;
using Azure.Storage.Queues;
using CoinPay.Embedded.Durable.Ownership;
using CoinPay.Embedded.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CoinPay.Embedded.Hosting;

/// <summary>
/// <c>GET /health/ready</c>: 200 while the storage answers, the task hub is ours and the host is not stopping; else 503. Both name
/// each part. A process that stands by for the hub does not listen yet.
/// </summary>
internal static class Readiness
{
    private const string Path = "/health/ready";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void Map(WebApplication app, FunctionCatalog catalog) => app.MapGet(Path, async (HttpContext http) =>
    {
        IServiceProvider services = app.Services;
        bool isStopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested;
        bool isStored = await AnswersAsync(services.GetRequiredService<IConfiguration>(), http.RequestAborted);
        bool isOwned = !catalog.UsesDurable || !services.GetRequiredService<HubOwnership>().Lost.IsCancellationRequested;
        bool isReady = isStored && isOwned && !isStopping;
        return Results.Json(
            new
            {
                status = isReady ? "ready" : "not_ready",
                storage = isStored ? "reachable" : "unreachable",
                hub = !catalog.UsesDurable ? "unused" : isOwned ? "owned" : "lost",
                host = isStopping ? "stopping" : "running",
            },
            statusCode: isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    });

    private static async Task<bool> AnswersAsync(IConfiguration configuration, CancellationToken aborted)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        limit.CancelAfter(Patience);
        try
        {
            await new QueueServiceClient(StorageConnection.Find(configuration)).GetPropertiesAsync(limit.Token);
            return true;
        }
        catch (Exception failure) when (failure is RequestFailedException or AggregateException or OperationCanceledException)
        {
            return false;
        }
    }
}
