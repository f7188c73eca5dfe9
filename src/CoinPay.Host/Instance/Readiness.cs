using Azure.Storage.Blobs;
using CoinPay.Host.Worker;
using Microsoft.AspNetCore.Http;

namespace CoinPay.Host.Instance;

/// <summary>Where a host is in its life.</summary>
internal enum HostPhase
{
    Starting,

    /// <summary>Another host of the same name runs.</summary>
    StandingBy,
    Running,
    Stopping,
}

/// <summary>
/// <c>GET /health/ready</c>: 200 while the host runs its app, triggers run, a worker is there and the storage answers; else 503. Both name
/// each part.
/// </summary>
internal sealed class Readiness(BlobContainerClient storage, WorkerPool workers, string hostName)
{
    public const string Path = "/health/ready";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public HostPhase Phase { get; set; }

    /// <summary>False also while triggers are stopped over an outage of the storage.</summary>
    public bool RunsTriggers { get; set; }

    /// <summary>Whether the app's functions are served.</summary>
    public bool IsOpen => Phase == HostPhase.Running;

    public static bool IsAskedBy(HttpRequest request) => request.Path.Equals(Path, StringComparison.OrdinalIgnoreCase);

    public async Task AnswerAsync(HttpContext context)
    {
        bool hasWorker = workers.Current is not null;
        bool isStored = await IsStoredAsync(context.RequestAborted);
        bool isReady = IsOpen && RunsTriggers && hasWorker && isStored;
        context.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(new
        {
            status = isReady ? "ready" : "not_ready",
            host = Word(Phase),
            name = hostName,
            storage = isStored ? "reachable" : "unreachable",
            hub = IsOpen && RunsTriggers ? "running" : "stopped",
            worker = hasWorker ? "running" : "missing",
        });
    }

    private async Task<bool> IsStoredAsync(CancellationToken aborted)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        limit.CancelAfter(Patience);
        return await HostStorage.AnswersAsync(storage, limit.Token);
    }

    private static string Word(HostPhase phase) => phase switch
    {
        HostPhase.Starting => "starting",
        HostPhase.StandingBy => "standing_by",
        HostPhase.Running => "running",
        _ => "stopping",
    };
}
