using Azure.Storage.Blobs;
using CoinPay.Host.Worker;
using Microsoft.AspNetCore.Http;

namespace CoinPay.Host.Instance;

/// <summary>The phase of a host's life.</summary>
internal enum HostPhase
{
    Starting,

    /// <summary>Another host with the same name is running.</summary>
    StandingBy,
    Running,
    Stopping,
}

/// <summary>
/// <c>GET /health/ready</c>: 200 while the host runs its app, triggers are running, a worker is ready and the storage responds; otherwise
/// 503. Both report each part.
/// </summary>
internal sealed class Readiness(BlobContainerClient storage, WorkerPool workers, string hostName)
{
    public const string Path = "/health/ready";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public HostPhase Phase { get; set; }

    /// <summary>Also false while triggers are stopped during a storage outage.</summary>
    public bool RunsTriggers { get; set; }

    /// <summary>Whether the app's functions are being served.</summary>
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
