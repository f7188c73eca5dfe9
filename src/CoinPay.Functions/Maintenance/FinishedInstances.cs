using CoinPay.Functions.Platform;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CoinPay.Functions.Maintenance;

/// <summary>
/// Purges orchestrations that completed longer ago than the setting says, with their history; without it they stay.
/// Those that failed always stay: somebody has to look at them. An invoice's own rows are not touched. How far the last
/// run came is remembered by the process; another begins anew.
/// </summary>
internal sealed class FinishedInstances(GatewaySettings settings, TimeProvider clock)
{
    private const int PageSize = 100;

    /// <summary>Pages looked at in one run.</summary>
    private const int MaxPages = 20;

    private string? _continuation;

    /// <summary>How many were purged.</summary>
    public async Task<int> RemoveAsync(DurableTaskClient durable, CancellationToken cancellation)
    {
        if (settings.KeepFinishedInstances is not { } kept)
            return 0;
        DateTimeOffset old = clock.GetUtcNow() - kept;
        OrchestrationQuery ended = new(
            CreatedTo: old,
            Statuses: [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Terminated],
            PageSize: PageSize);
        int purged = 0, pages = 0;
        await foreach (Page<OrchestrationMetadata> page in durable.GetAllInstancesAsync(ended).AsPages(_continuation, PageSize))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (OrchestrationMetadata instance in page.Values.Where(instance => instance.LastUpdatedAt < old))
            {
                await durable.PurgeInstanceAsync(instance.InstanceId, cancellation);
                purged++;
            }
            _continuation = page.ContinuationToken;
            if (++pages == MaxPages)
                break;
        }
        return purged;
    }
}
