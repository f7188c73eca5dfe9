using CoinPay.Embedded.Durable.Storage;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CoinPay.Embedded.Durable;

/// <summary>The client that functions get: the engine of this process, called directly.</summary>
internal sealed class HubClient(TaskHub hub, HubStore store, DataConverter converter, TimeProvider time) : DurableTaskClient("default")
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        HashSet<OrchestrationRuntimeStatus> refused = [.. (options?.DedupeStatuses ?? []).Select(Status)];
        string id = options?.InstanceId ?? Guid.NewGuid().ToString("N");
        await hub.ScheduleAsync(
            OrchestrationState.New(id, orchestratorName.Name, time.GetUtcNow()) with
            {
                Input = converter.Serialize(input),
                StartAt = options?.StartAt,
            },
            refused,
            cancellation);
        return id;
    }

    public override Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        return hub.SendAsync(
            instanceId,
            new(HistoryEventType.EventRaised) { Name = eventName, Payload = converter.Serialize(eventPayload) },
            cancellation);
    }

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, state => state.Status != OrchestrationRuntimeStatus.Pending, getInputsAndOutputs, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, state => state.HasEnded, getInputsAndOutputs, cancellation);

    public override Task TerminateInstanceAsync(
        string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        if (options?.Recursive == true)
            throw new NotSupportedException("Recursive termination is not offered.");
        return hub.SendAsync(
            instanceId,
            new(HistoryEventType.ExecutionTerminated) { Payload = converter.Serialize(options?.Output) },
            cancellation);
    }

    public override async Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        await store.GetStateAsync(instanceId, getInputsAndOutputs, cancellation) is { } state ? Metadata(state, getInputsAndOutputs) : null;

    public override Microsoft.DurableTask.AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) =>
        new Instances(this, filter ?? new());

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        if (options?.Recursive == true)
            throw new NotSupportedException("Recursive purging is not offered.");
        if (await store.GetStateAsync(instanceId, withTexts: false, cancellation) is not { HasEnded: true } ended)
            return new(0);
        await store.PurgeAsync(ended, cancellation);
        return new(1);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<OrchestrationMetadata> WaitAsync(
        string instanceId, Func<OrchestrationState, bool> reached, bool getInputsAndOutputs, CancellationToken cancellation)
    {
        while (true)
        {
            Task change = hub.NextChange(instanceId);
            if (await store.GetStateAsync(instanceId, getInputsAndOutputs, cancellation) is { } state && reached(state))
                return Metadata(state, getInputsAndOutputs);
            await Task.WhenAny(change, Task.Delay(LookAgain, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private OrchestrationMetadata Metadata(OrchestrationState state, bool getInputsAndOutputs) => new(state.Name, state.InstanceId)
    {
        DataConverter = getInputsAndOutputs ? converter : null,
        RuntimeStatus = state.Status,
        CreatedAt = state.CreatedAt,
        LastUpdatedAt = state.UpdatedAt,
        SerializedInput = getInputsAndOutputs ? state.Input : null,
        SerializedOutput = getInputsAndOutputs ? state.Output : null,
        SerializedCustomStatus = getInputsAndOutputs ? state.CustomStatus : null,
        FailureDetails = getInputsAndOutputs ? state.Failure : null,
    };

    private static OrchestrationRuntimeStatus Status(string name) =>
        Enum.TryParse(name, ignoreCase: true, out OrchestrationRuntimeStatus status)
            ? status
            : throw new ArgumentException($"Invalid orchestration runtime status: '{name}' for deduplication.");

    private sealed class Instances(HubClient client, OrchestrationQuery query) : Microsoft.DurableTask.AsyncPageable<OrchestrationMetadata>
    {
        public override async IAsyncEnumerable<Page<OrchestrationMetadata>> AsPages(
            string? continuationToken = null, int? pageSizeHint = null)
        {
            string? continuation = continuationToken ?? query.ContinuationToken;
            do
            {
                (IReadOnlyList<OrchestrationState> states, continuation) = await client.ListAsync(
                    query, pageSizeHint ?? query.PageSize, continuation, CancellationToken.None);
                yield return new(
                    [.. states.Select(state => client.Metadata(state, query.FetchInputsAndOutputs))], continuation);
            }
            while (continuation is not null);
        }
    }

    /// <summary>A page of matching states; it may be shorter than asked for, or empty, and yet not the last.</summary>
    internal async Task<(IReadOnlyList<OrchestrationState> States, string? Continuation)> ListAsync(
        OrchestrationQuery query, int top, string? continuation, CancellationToken cancellation)
    {
        (IReadOnlyList<OrchestrationState> states, string? next) =
            await store.ListAsync(query.InstanceIdPrefix, top, continuation, query.FetchInputsAndOutputs, cancellation);
        HashSet<OrchestrationRuntimeStatus>? statuses = query.Statuses?.ToHashSet();
        return ([.. states.Where(state =>
            (statuses is not { Count: > 0 } || statuses.Contains(state.Status))
            && (query.CreatedFrom is not { } from || state.CreatedAt >= from)
            && (query.CreatedTo is not { } to || state.CreatedAt <= to))], next);
    }
}
