using Azure;
using CoinPay.Embedded.Durable.Storage;
using DurableTask.Core.Exceptions;
using Microsoft.DurableTask.Client;

namespace CoinPay.Embedded.Durable;

/// <summary>What the hub takes on from clients and from parents' children: it is stored before it is answered.</summary>
internal sealed partial class TaskHub
{
    private const int MaxCreateAttempts = 5;

    /// <summary>How long an event may wait for a turn to take it before it is stored by itself.</summary>
    private static readonly TimeSpan OfferedFor = TimeSpan.FromSeconds(1);

    /// <summary>Starts an orchestration; see <see cref="DurableTaskClient"/> for what is refused.</summary>
    public async Task ScheduleAsync(OrchestrationState wanted, IReadOnlySet<OrchestrationRuntimeStatus> refused, CancellationToken cancellation)
    {
        RunningRow listed = await Index.PutAsync(wanted.InstanceId, wanted.ExecutionId).WaitAsync(cancellation);
        OrchestrationState? existing = null;
        int attempts = 0;
        while (true)
        {
            try
            {
                Warm.Begin(await CreateAsync(
                    wanted with { ETag = existing?.ETag ?? default, Generation = existing?.Generation + 1 ?? 0 }, listed, cancellation));
                Changed(wanted.InstanceId);
                return;
            }
            catch (RequestFailedException conflict) when (conflict.Status is 409 or 412 or 404 && ++attempts < MaxCreateAttempts)
            {
                existing = await Store.GetStateAsync(wanted.InstanceId, withTexts: false, cancellation);
            }
            if (existing?.ExecutionId == wanted.ExecutionId)
            {
                Warm.Begin(new(existing, [], null, listed)); // The client's own retry found its first attempt stored.
                return;
            }
            if (existing is null || (existing.HasEnded && !refused.Contains(existing.Status)))
                continue;
            Index.Remove(wanted.InstanceId, wanted.ExecutionId);
            if (!existing.HasEnded) // It may have been stored by a former owner in its last moment.
                Warm.Wake(wanted.InstanceId);
            throw new OrchestrationAlreadyExistsException($"An Orchestration instance with the ID {wanted.InstanceId} already exists.");
        }
    }

    /// <summary>
    /// Stores a new instance and its first turn at once. Should the turn be too much for one transaction, or begin another generation,
    /// the instance is stored before it and the turn follows.
    /// </summary>
    private async Task<Newborn> CreateAsync(OrchestrationState wanted, RunningRow listed, CancellationToken cancellation)
    {
        DateTimeOffset now = Time.GetUtcNow();
        HistoryEvent started = new(HistoryEventType.ExecutionStarted, wanted.StartAt ?? wanted.CreatedAt) { Name = wanted.Name, Turn = 1 };
        wanted = wanted with { Sequence = 1 };
        if (!(wanted.StartAt > now))
        {
            TurnIntake intake = new(wanted, [started], null, now);
            TurnResult first = await Background.Run(() => RunTurnAsync(wanted, intake));
            TurnCommit commit = TurnCommit.Of(wanted, intake, first, now);
            HistoryEvent[] events = [started, .. commit.Events];
            try
            {
                if (commit.Next.Generation == wanted.Generation && HubStore.FitsOneTransaction(commit.Next, events))
                    return new(await Store.CreateAsync(commit.Next, events, cancellation), events, first, listed);
            }
            catch (RequestFailedException refused) when (StorageFault.IsTooLarge(refused))
            {
            }
        }
        return new(await Store.CreateAsync(wanted, [started], cancellation), [started], null, listed);
    }

    /// <summary>
    /// Sends an event, a termination or a child's outcome to a running instance and answers when it is stored: with the commit of the
    /// turn that takes it, or in a row of its own if none does soon. See <see cref="DurableTaskClient"/> for what is refused.
    /// </summary>
    public async Task SendAsync(string instanceId, InboxItem item, CancellationToken cancellation)
    {
        InstanceMessage offered = new(item, isOffered: true);
        Instance instance = Warm.Bring(instanceId);
        while (!instance.TryPost(offered))
            instance = Warm.Bring(instanceId);
        await HereAsync(offered.IsCommitted).WaitAsync(OfferedFor, Time, cancellation)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        bool isToStore = !offered.IsCommitted.IsCompleted && instance.Mail.TryWithdraw(offered);
        if (isToStore || !await offered.IsCommitted)
            await StoreAsync(instanceId, item, cancellation);
    }

    private async Task StoreAsync(string instanceId, InboxItem item, CancellationToken cancellation)
    {
        OrchestrationState state = await Store.GetStateAsync(instanceId, withTexts: false, cancellation)
            ?? throw Instance.NotFound(instanceId);
        if (state.HasEnded || !item.IsFor(state.ExecutionId))
            throw Instance.NotRunning();
        Instance holder = Warm.Bring(instanceId);
        while (!holder.Mail.TryHold()) // Or it could be put away between the two writes, and nobody would look for the second.
            holder = Warm.Bring(instanceId);
        try
        {
            await Index.PutAsync(instanceId, state.ExecutionId).WaitAsync(cancellation);
            InboxItem stored = await Store.SendAsync(instanceId, item with { ExecutionId = state.ExecutionId }, cancellation);
            holder.TryPost(new(stored));
        }
        finally
        {
            holder.Mail.Release();
        }
    }

    /// <summary>Comes back to where it was called: a combined task would come back on the thread pool, and no simulation could replay.</summary>
    private static async Task HereAsync(Task task) => await task;
}
