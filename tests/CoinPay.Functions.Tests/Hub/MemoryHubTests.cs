using DurableTask.Core.Exceptions;
using DurableTask.Core.History;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Xunit;

namespace CoinPay.Functions.Tests.Hub;

/// <summary>The hub in memory does what the published backend does, seen through the published client.</summary>
public sealed class MemoryHubTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly HubRig _rig = new();

    [Fact]
    public async Task Activities_follow_each_other_and_their_results_come_back()
    {
        await StartAsync("count", nameof(HubRigFunctions.CountAsync), 5);
        _rig.Settle();
        Assert.Equal(8, await _rig.OutputAsync<int>("count"));
        Assert.Equal(["Next 5", "Next 6", "Next 7"], _rig.Activities);
    }

    [Fact]
    public async Task A_failed_activity_is_tried_again_after_the_policys_waits()
    {
        _rig.Failing(new InvalidOperationException("not yet"), new InvalidOperationException("not yet"));
        await StartAsync("count", nameof(HubRigFunctions.CountAsync), 5);
        _rig.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal(["Next 5", "Next 5"], _rig.Activities);
        _rig.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(8, await _rig.OutputAsync<int>("count"));
    }

    [Fact]
    public async Task Events_wait_for_who_wants_them_in_their_order()
    {
        await StartAsync("word", nameof(HubRigFunctions.CollectAsync));
        foreach (string letter in (string[])["a", "b", "."])
            await _rig.Client.RaiseEventAsync("word", "letter", letter);
        _rig.Settle();
        Assert.Equal("ab.", await _rig.OutputAsync<string>("word"));
    }

    [Fact]
    public async Task Events_that_nobody_took_pass_to_the_next_execution()
    {
        await StartAsync("word", nameof(HubRigFunctions.CollectInGenerationsAsync));
        foreach (string letter in (string[])["a", "b", "."])
            await _rig.Client.RaiseEventAsync("word", "letter", letter);
        _rig.Settle();
        Assert.Equal("ab.", await _rig.OutputAsync<string>("word"));
        Assert.Equal("\"ab\"", _rig.Hub.Find("word")!.History.OfType<ExecutionStartedEvent>().Single().Input);
    }

    [Fact]
    public async Task A_child_answers_its_parent_and_so_does_one_that_fails()
    {
        await StartAsync("parent", nameof(HubRigFunctions.AskChildAsync), 5);
        await StartAsync("unlucky", nameof(HubRigFunctions.AskFailingChildAsync));
        _rig.Settle();
        Assert.Equal(16, await _rig.OutputAsync<int>("parent"));
        Assert.Equal(-1, await _rig.OutputAsync<int>("unlucky"));
    }

    [Fact]
    public async Task A_long_timer_rings_in_pieces_and_one_that_is_cancelled_changes_nothing()
    {
        await StartAsync("slept", nameof(HubRigFunctions.SleepAsync));
        await StartAsync("woken", nameof(HubRigFunctions.SleepAsync));
        await _rig.Client.RaiseEventAsync("woken", "knock", "knock");
        _rig.Settle();
        _rig.Time.Advance(TimeSpan.FromDays(3));
        _rig.Settle();
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await _rig.Client.GetInstanceAsync("slept"))!.RuntimeStatus);
        _rig.Time.Advance(TimeSpan.FromDays(2));
        _rig.Settle();
        Assert.Equal("slept", await _rig.OutputAsync<string>("slept"));
        Assert.Equal("woken", await _rig.OutputAsync<string>("woken"));
        Assert.Empty(_rig.Hub.Control.Visible);
    }

    [Fact]
    public async Task An_id_that_is_in_use_is_refused_and_one_that_may_be_replaced_is_not()
    {
        await StartAsync("count", nameof(HubRigFunctions.CountAsync), 1);
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => StartAsync("count", nameof(HubRigFunctions.CountAsync), 2));
        _rig.Settle();
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => StartAsync("count", nameof(HubRigFunctions.CountAsync), 2, "Completed"));
        await StartAsync("count", nameof(HubRigFunctions.CountAsync), 2);
        _rig.Settle();
        Assert.Equal(5, await _rig.OutputAsync<int>("count"));
    }

    [Fact]
    public async Task Of_two_starts_at_a_time_one_counts()
    {
        HubRig rig = new();
        Microsoft.DurableTask.Client.DurableTaskClient other = new CoinPay.Testing.Hub.HubServer(rig.Hub, new(operation =>
            operation.Action == CoinPay.Testing.Hub.HubAction.InsertRow
                ? rig.Client.ScheduleNewOrchestrationInstanceAsync(nameof(HubRigFunctions.CountAsync), 1, new StartOrchestrationOptions("count"))
                : Task.CompletedTask)).Client();
        await other.ScheduleNewOrchestrationInstanceAsync(nameof(HubRigFunctions.CountAsync), 100, new StartOrchestrationOptions("count"));
        rig.Advance(Minute);
        Assert.Equal(4, await rig.OutputAsync<int>("count"));
        Assert.Equal(3, rig.Activities.Count);
    }

    [Fact]
    public async Task Events_for_an_instance_that_is_missing_or_has_ended_are_refused_as_the_host_refuses_them()
    {
        RpcException missing = await Assert.ThrowsAsync<RpcException>(() => _rig.Client.RaiseEventAsync("nobody", "letter"));
        Assert.Equal(StatusCode.NotFound, missing.StatusCode);
        await StartAsync("count", nameof(HubRigFunctions.CountAsync), 1);
        _rig.Settle();
        RpcException ended = await Assert.ThrowsAsync<RpcException>(() => _rig.Client.RaiseEventAsync("count", "letter"));
        Assert.Equal(StatusCode.FailedPrecondition, ended.StatusCode);
    }

    [Fact]
    public async Task Clients_see_status_custom_status_and_failure()
    {
        await StartAsync("word", nameof(HubRigFunctions.CollectAsync));
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await _rig.Client.GetInstanceAsync("word"))!.RuntimeStatus);
        await _rig.Client.RaiseEventAsync("word", "letter", "a");
        await StartAsync("failed", nameof(HubRigFunctions.FailAsync));
        _rig.Settle();
        OrchestrationMetadata word = (await _rig.Client.GetInstanceAsync("word", getInputsAndOutputs: true))!;
        Assert.Equal((OrchestrationRuntimeStatus.Running, "a"), (word.RuntimeStatus, word.ReadCustomStatusAs<string>()));
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await _rig.Client.GetInstanceAsync("failed"))!.RuntimeStatus);
        Assert.Null(await _rig.Client.GetInstanceAsync("nobody"));
    }

    [Fact]
    public async Task Ended_instances_are_listed_by_page_and_purged()
    {
        for (int i = 0; i < 5; i++)
            await StartAsync($"count-{i}", nameof(HubRigFunctions.CountAsync), i);
        _rig.Settle();
        await StartAsync("word", nameof(HubRigFunctions.CollectAsync));
        OrchestrationQuery ended = new(CreatedTo: _rig.Hub.Now, Statuses: [OrchestrationRuntimeStatus.Completed], PageSize: 2);
        List<string> found = [];
        await foreach (OrchestrationMetadata instance in _rig.Client.GetAllInstancesAsync(ended))
            found.Add(instance.InstanceId);
        Assert.Equal(["count-0", "count-1", "count-2", "count-3", "count-4"], found);
        Assert.Equal(1, (await _rig.Client.PurgeInstanceAsync("count-3")).PurgedInstanceCount);
        Assert.Equal(0, (await _rig.Client.PurgeInstanceAsync("count-3")).PurgedInstanceCount);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _rig.Client.PurgeInstanceAsync("word"));
    }

    private Task<string> StartAsync(string id, string name, object? input = null, params string[] dedupe) =>
        _rig.Client.ScheduleNewOrchestrationInstanceAsync(name, input, new StartOrchestrationOptions(id) { DedupeStatuses = dedupe.Length > 0 ? dedupe : null });
}
