using CoinPay.Functions.Invoices;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Xunit;

namespace CoinPay.Functions.Tests.Invoices;

/// <summary>
/// A wake reaches the instance that runs, or starts the next one: never is it lost, never is a history replaced.
/// </summary>
public sealed class WakeTests : IAsyncDisposable
{
    private static readonly InvoiceReference Invoice = new("mer_1", "inv_1", "anvil");
    private readonly FewInstances _client = new();

    [Fact]
    public async Task An_instance_that_runs_is_woken_without_being_asked_first()
    {
        _client.Instances["inv_1"] = OrchestrationRuntimeStatus.Running;
        await WakeAsync();
        Assert.Equal(["raise inv_1"], _client.Calls);
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Completed)]
    [InlineData(OrchestrationRuntimeStatus.Failed)]
    [InlineData(OrchestrationRuntimeStatus.Terminated)]
    public async Task An_instance_that_has_ended_is_followed_by_the_next(OrchestrationRuntimeStatus ended)
    {
        _client.Instances["inv_1"] = ended;
        await WakeAsync();
        Assert.Equal("start inv_1!2", _client.Calls[^1]);
        Assert.Equal(ended, _client.Instances["inv_1"]);

        await WakeAsync();
        Assert.Equal("raise inv_1!2", _client.Calls[^1]);
    }

    [Fact]
    public async Task An_instance_that_does_not_exist_is_started()
    {
        await WakeAsync();
        Assert.Equal("start inv_1", _client.Calls[^1]);
    }

    [Fact]
    public async Task A_wake_that_cannot_be_sent_is_not_taken_for_sent()
    {
        _client.Instances["inv_1"] = OrchestrationRuntimeStatus.Running;
        _client.IsDown = true;
        await Assert.ThrowsAsync<TimeoutException>(WakeAsync);
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private Task WakeAsync() => InvoiceOrchestrations.WakeAsync(_client, Invoice, CancellationToken.None);

    /// <summary>Instances as statuses; it refuses what the real client refuses.</summary>
    private sealed class FewInstances() : DurableTaskClient("test")
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
}
