using CoinPay.Embedded.Durable.Storage;
using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Durable;

/// <summary>A child: started from its parent's committed history, again after a crash; its outcome sent back.</summary>
internal sealed class SubOrchestration(TaskHub hub, Instance parent, ParentLink link, HistoryEvent created)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly HashSet<OrchestrationRuntimeStatus> Ended =
        [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];

    private readonly string _id = created.ChildId!;

    /// <summary>The parent is held in memory until the child is stored; for ever, if a stop comes first.</summary>
    public static void Start(TaskHub hub, Instance parent, OrchestrationState state, HistoryEvent created)
    {
        parent.Mail.TryHold();
        ParentLink link = new(state.InstanceId, state.Name, state.ExecutionId, state.Generation, created.TaskId);
        _ = hub.Background.Run(new SubOrchestration(hub, parent, link, created).StartAsync);
    }

    /// <summary>Sends an ended child's outcome to its parent and waits until that is stored; twice does no harm.</summary>
    public static async Task TellParentAsync(TaskHub hub, OrchestrationState ended)
    {
        if (ended.Parent is not { } parent)
            return;
        OrchestrationState? state = await hub.Store.GetStateAsync(parent.InstanceId, withTexts: false, CancellationToken.None);
        if (state is null || state.HasEnded || state.ExecutionId != parent.ExecutionId || state.Generation != parent.Generation)
            return;
        bool failed = ended.Status != OrchestrationRuntimeStatus.Completed;
        InboxItem outcome = new(
            failed ? HistoryEventType.SubOrchestrationInstanceFailed : HistoryEventType.SubOrchestrationInstanceCompleted)
        {
            ExecutionId = parent.ExecutionId,
            Generation = parent.Generation,
            TaskId = parent.TaskId,
            Payload = ended.Output,
            Failure = !failed ? null : ended.Failure
                ?? new("Microsoft.DurableTask.Terminated", $"Sub-orchestration '{ended.InstanceId}' was terminated.", null, null, null),
        };
        try
        {
            await hub.SendAsync(parent.InstanceId, outcome, CancellationToken.None);
        }
        catch (RpcException)
        {
            // The parent ended in between: nobody waits any more.
        }
    }

    private async Task StartAsync()
    {
        while (!hub.IsStopping)
        {
            try
            {
                if (!await TryStartAsync(refused: Ended) && !(await IsOursFromEarlierAsync() && await TryStartAsync(refused: [])))
                    await SettleExistingAsync();
                parent.Mail.Release();
                return;
            }
            catch (Exception failure) when (StorageFault.Is(failure))
            {
                hub.Log.LogWarning("Sub-orchestration {Instance} starts later: {Reason}", _id, failure.Message);
                await hub.PauseAsync(RetryAfter);
            }
        }
    }

    private async Task<bool> TryStartAsync(HashSet<OrchestrationRuntimeStatus> refused)
    {
        try
        {
            await hub.ScheduleAsync(
                OrchestrationState.New(_id, created.Name!, hub.Time.GetUtcNow()) with { Input = created.Input, Parent = link },
                refused,
                CancellationToken.None);
            return true;
        }
        catch (OrchestrationAlreadyExistsException)
        {
            return false;
        }
    }

    /// <summary>A second try, or a later generation's call, takes the place of the ended child that an earlier step of ours began.</summary>
    private async Task<bool> IsOursFromEarlierAsync() =>
        await hub.Store.GetStateAsync(_id, withTexts: false, CancellationToken.None) is { HasEnded: true, Parent: { } earlier }
        && earlier.InstanceId == link.InstanceId
        && earlier.ExecutionId == link.ExecutionId
        && (earlier.Generation, earlier.TaskId).CompareTo((link.Generation, link.TaskId)) < 0;

    /// <summary>The child stands already: it is ours from before a crash, or the id belongs to somebody else, which fails the call.</summary>
    private async Task SettleExistingAsync()
    {
        OrchestrationState? existing = await hub.Store.GetStateAsync(_id, withTexts: true, CancellationToken.None);
        if (existing?.Parent != link)
            parent.TryPost(new(new(HistoryEventType.TaskFailed)
            {
                ExecutionId = link.ExecutionId,
                Generation = link.Generation,
                TaskId = link.TaskId,
                Failure = new(
                    typeof(OrchestrationAlreadyExistsException).FullName!,
                    $"An Orchestration instance with the ID {_id} already exists.", null, null, null),
            }));
        else if (existing.HasEnded)
            await TellParentAsync(hub, existing);
    }
}
