using CoinPay.Embedded.Durable.Storage;
using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Durable;

/// <summary>Sub-orchestrations: started from their parent's committed history, again after a crash; their outcome sent back.</summary>
internal static class Children
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly HashSet<OrchestrationRuntimeStatus> Ended =
        [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];

    /// <summary>The parent is held in memory until the child is stored; for ever, if a stop comes first.</summary>
    public static void Start(TaskHub hub, Instance parent, OrchestrationState state, HistoryEvent created)
    {
        parent.Mail.TryHold();
        _ = hub.Background.Run(() => StartAsync(hub, parent, state, created));
    }

    private static async Task StartAsync(TaskHub hub, Instance parent, OrchestrationState state, HistoryEvent created)
    {
        ParentLink link = new(state.InstanceId, state.Name, state.ExecutionId, state.Generation, created.TaskId);
        while (!hub.IsStopping)
        {
            try
            {
                await StartOrSettleAsync(hub, parent, created, link);
                parent.Mail.Release();
                return;
            }
            catch (Exception failure) when (StorageFault.Is(failure))
            {
                hub.Log.LogWarning("Sub-orchestration {Instance} starts later: {Reason}", created.ChildId, failure.Message);
                await hub.PauseAsync(RetryAfter);
            }
        }
    }

    private static async Task StartOrSettleAsync(TaskHub hub, Instance parent, HistoryEvent created, ParentLink link)
    {
        foreach (HashSet<OrchestrationRuntimeStatus> refused in (HashSet<OrchestrationRuntimeStatus>[])[Ended, []])
        {
            if (await TryStartAsync(hub, created, link, refused))
                return;
            if (!await IsOurEarlierChildAsync(hub, created.ChildId!, link))
                break;
        }
        await SettleExistingAsync(hub, parent, created, link);
    }

    private static async Task<bool> TryStartAsync(
        TaskHub hub, HistoryEvent created, ParentLink link, HashSet<OrchestrationRuntimeStatus> refused)
    {
        DateTimeOffset now = hub.Time.GetUtcNow();
        OrchestrationState child = new(created.ChildId!, created.Name!, Guid.NewGuid().ToString("N"))
        {
            Input = created.Input,
            CreatedAt = now,
            UpdatedAt = now,
            Parent = link,
        };
        try
        {
            await hub.ScheduleAsync(child, refused, CancellationToken.None);
            return true;
        }
        catch (OrchestrationAlreadyExistsException)
        {
            return false;
        }
    }

    /// <summary>Waits until the parent's inbox has the outcome.</summary>
    public static async Task TellParentAsync(TaskHub hub, OrchestrationState ended)
    {
        if (ended.Parent is not { } parent)
            return;
        OrchestrationState? state = await hub.Store.GetStateAsync(parent.InstanceId, withTexts: false, CancellationToken.None);
        if (state is null || state.HasEnded || state.ExecutionId != parent.ExecutionId || state.Generation != parent.Generation)
            return;
        try
        {
            await SendOutcomeAsync(hub, parent, ended);
        }
        catch (RpcException)
        {
            // The parent ended in between: nobody waits any more.
        }
    }

    private static Task SendOutcomeAsync(TaskHub hub, ParentLink parent, OrchestrationState ended)
    {
        bool failed = ended.Status != OrchestrationRuntimeStatus.Completed;
        return hub.SendAsync(
            parent.InstanceId,
            new(string.Empty,
                failed ? HistoryEventType.SubOrchestrationInstanceFailed : HistoryEventType.SubOrchestrationInstanceCompleted,
                parent.ExecutionId)
            {
                Generation = parent.Generation,
                TaskId = parent.TaskId,
                Payload = ended.Output,
                Failure = !failed ? null : ended.Failure
                    ?? new("Microsoft.DurableTask.Terminated", $"Sub-orchestration '{ended.InstanceId}' was terminated.", null, null, null),
            },
            CancellationToken.None);
    }

    /// <summary>A second try, or a later generation's call, takes the place of the ended child that an earlier step of ours began.</summary>
    private static async Task<bool> IsOurEarlierChildAsync(TaskHub hub, string childId, ParentLink link) =>
        await hub.Store.GetStateAsync(childId, withTexts: false, CancellationToken.None) is { HasEnded: true, Parent: { } earlier }
        && earlier.InstanceId == link.InstanceId
        && earlier.ExecutionId == link.ExecutionId
        && (earlier.Generation, earlier.TaskId).CompareTo((link.Generation, link.TaskId)) < 0;

    /// <summary>The child stands already: it is ours from before a crash, or the id belongs to somebody else, which fails the call.</summary>
    private static async Task SettleExistingAsync(TaskHub hub, Instance parent, HistoryEvent created, ParentLink link)
    {
        OrchestrationState? existing = await hub.Store.GetStateAsync(created.ChildId!, withTexts: true, CancellationToken.None);
        if (existing?.Parent != link)
            parent.TryPost(new InstanceMessage.TaskEnded(link.Generation, link.TaskId, null, new(
                typeof(OrchestrationAlreadyExistsException).FullName!,
                $"An Orchestration instance with the ID {created.ChildId} already exists.", null, null, null)));
        else if (existing.HasEnded)
            await TellParentAsync(hub, existing);
    }
}
