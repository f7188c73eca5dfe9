using CoinPay.Functions.Invoices;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CoinPay.Functions.Tests.World;

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

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) =>
        throw new NotSupportedException();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private OrchestrationMetadata? Find(string instanceId) =>
        Instances.TryGetValue(instanceId, out OrchestrationRuntimeStatus status)
        ? new OrchestrationMetadata(nameof(InvoiceOrchestrator), instanceId) { RuntimeStatus = status }
        : null;
}
