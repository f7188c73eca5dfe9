using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Lists of instances: filtered by status and time, page by page, and gone on with later.</summary>
public sealed class QueryTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _time = new(Noon);
    private DurableRig _rig = null!;

    /// <summary>Ten instances, one a minute: by turns completed, failed, waiting, terminated, for later.</summary>
    public async ValueTask InitializeAsync()
    {
        _rig = DurableRig.Create(MemoryRows.New(), DurableConformanceTests.Functions, "Hub", _time);
        await _rig.StartAsync();
        for (int i = 0; i < 10; i++)
        {
            string orchestrator = (i % 5) switch { 0 => "Echo", 1 => "Throws", _ => "OneEvent" };
            DateTimeOffset? startAt = i % 5 == 4 ? Noon.AddDays(1) : null;
            await _rig.Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, $"in {i}", new StartOrchestrationOptions($"i{i}", startAt));
            if (i % 5 == 3)
                await _rig.Client.TerminateInstanceAsync($"i{i}", "out");
            if (i % 5 is 0 or 1 or 3)
                await _rig.Client.WaitForInstanceCompletionAsync($"i{i}");
            _time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Completed, "i0 i5")]
    [InlineData(OrchestrationRuntimeStatus.Failed, "i1 i6")]
    [InlineData(OrchestrationRuntimeStatus.Running, "i2 i7")]
    [InlineData(OrchestrationRuntimeStatus.Terminated, "i3 i8")]
    [InlineData(OrchestrationRuntimeStatus.Pending, "i4 i9")]
    public async Task A_status_filters(OrchestrationRuntimeStatus status, string expected) =>
        Assert.Equal(expected, await ListAsync(new(Statuses: [status])));

    [Fact]
    public async Task Several_statuses_are_any_of_them() => Assert.Equal("i1 i3 i6 i8",
        await ListAsync(new(Statuses: [OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated])));

    [Fact]
    public async Task Times_of_creation_are_bounds_that_count_in() => Assert.Equal("i3 i4 i5",
        await ListAsync(new(CreatedFrom: Noon.AddMinutes(3), CreatedTo: Noon.AddMinutes(5))));

    [Fact]
    public async Task A_time_and_a_status_must_both_hold() => Assert.Equal("i6",
        await ListAsync(new(CreatedFrom: Noon.AddMinutes(2), Statuses: [OrchestrationRuntimeStatus.Failed])));

    [Fact]
    public async Task A_list_goes_on_from_a_continuation_token()
    {
        await foreach (Page<OrchestrationMetadata> first in _rig.Client.GetAllInstancesAsync(new(PageSize: 4)).AsPages())
        {
            Assert.Equal(["i0", "i1", "i2", "i3"], first.Values.Select(instance => instance.InstanceId));
            Assert.Equal("i4 i5 i6 i7 i8 i9", await ListAsync(new(PageSize: 4, ContinuationToken: first.ContinuationToken)));
            return;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(100)]
    public async Task Pages_of_any_size_hold_each_instance_once(int size) =>
        Assert.Equal("i0 i1 i2 i3 i4 i5 i6 i7 i8 i9", await ListAsync(new(PageSize: size)));

    [Fact]
    public async Task Inputs_and_outputs_come_only_when_asked_for()
    {
        await foreach (OrchestrationMetadata instance in _rig.Client.GetAllInstancesAsync(new(InstanceIdPrefix: "i0", FetchInputsAndOutputs: true)))
            Assert.Equal("in 0 in 0", $"{instance.ReadInputAs<string>()} {instance.ReadOutputAs<string>()}");
        await foreach (OrchestrationMetadata instance in _rig.Client.GetAllInstancesAsync(new(InstanceIdPrefix: "i0")))
            Assert.Null(instance.SerializedInput ?? instance.SerializedOutput);
    }

    private async Task<string> ListAsync(OrchestrationQuery query)
    {
        List<string> ids = [];
        await foreach (OrchestrationMetadata instance in _rig.Client.GetAllInstancesAsync(query))
            ids.Add(instance.InstanceId);
        return string.Join(' ', ids);
    }
}
