using CoinPay.Functions.Invoices;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CoinPay.Testing.Gateway;

/// <summary>Instances as statuses; it refuses what the real client refuses.</summary>
internal sealed class FewInstances() : DurableTaskClient("test")
{
    public Dictionary<string, OrchestrationRuntimeStatus> Instances { get; } = new(StringComparer.Ordinal);

    public List<string> Calls { get; } = [];

    public bool IsDown { get; set; }

    public override Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options =
            null, CancellationToken cancellation = default)
    {
        Calls.Add("start " + options!.InstanceId);
        Instances.Add(options.InstanceId!, OrchestrationRuntimeStatus.Pending);
        return Task.FromResult(options.InstanceId!);
    }

    public override Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        if (IsDown)
            throw new TimeoutException();
        Calls.Add("raise " + instanceId);
        return Find(instanceId) is { IsCompleted: false } ? Task.CompletedTask
            : throw new InvalidOperationException("not running");
    }

    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        Task.FromResult(Find(instanceId));

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

    /// <summary>When each last changed; long ago unless a test says otherwise.</summary>
    public Dictionary<string, DateTimeOffset> UpdatedAt { get; } = new(StringComparer.Ordinal);

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) =>
        new OnePage([.. Instances.Keys.Order(StringComparer.Ordinal)
            .Select(id => Find(id)!)
            .Where(instance => filter?.Statuses is not { } wanted || wanted.Contains(instance.RuntimeStatus))]);

    public override Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        Calls.Add("purge " + instanceId);
        return Task.FromResult(new PurgeResult(Instances.Remove(instanceId) ? 1 : 0));
    }

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private OrchestrationMetadata? Find(string instanceId) =>
        Instances.TryGetValue(instanceId, out OrchestrationRuntimeStatus status)
        ? new OrchestrationMetadata(nameof(InvoiceOrchestrator), instanceId) { RuntimeStatus = status, LastUpdatedAt = UpdatedAt.GetValueOrDefault(instanceId) }
        : null;

    private sealed class OnePage(IReadOnlyList<OrchestrationMetadata> all) : AsyncPageable<OrchestrationMetadata>
    {
        public override async IAsyncEnumerable<Page<OrchestrationMetadata>> AsPages(
            string? continuationToken = null, int? pageSizeHint = null)
        {
            await Task.Yield();
            yield return new(all);
        }
    }
}
