using CoinPay.Functions.Platform;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CoinPay.Functions.Maintenance;

/// <summary>
/// Purges orchestrations that completed longer ago than the setting says, with their history; without the setting, they
/// are kept. Failed ones are always kept, because someone has to look at them. An invoice's own rows are not touched. The
/// process remembers where the last run stopped; another process starts over.
/// </summary>
internal sealed class FinishedInstances(GatewaySettings settings, TimeProvider clock)
{
    private const int PageSize = 100;

    /// <summary>The maximum number of pages per run.</summary>
    private const int MaxPages = 20;

    private string? _continuation;

    /// <summary>Purges ended orchestrations and returns the number purged.</summary>
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
