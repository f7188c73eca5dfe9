using System.Text.Json.Nodes;
using CoinPay.Embedded.Durable;
using CoinPay.Embedded.Durable.Storage;
using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>What clients may ask, what is refused, and what happens when code or processes change under running instances.</summary>
public sealed class DurableTests
{
    private readonly AzureRowStore _rows = MemoryRows.New();

    [Theory]
    [InlineData(typeof(OtherActivityFirst), "history has step 0, activity 'Nothing', where the code asks for step 0, activity 'Say'")]
    [InlineData(typeof(TimerFirst), "history has step 0, activity 'Nothing', where the code asks for step 0, a timer")]
    [InlineData(typeof(NothingFirst), "history has step 0, activity 'Nothing', which the code did not ask for")]
    [InlineData(typeof(OneMoreBeforeTheEvent), "the code asks for step 1, activity 'Nothing', which its history does not have")]
    [InlineData(typeof(EndsEarly), "the code ends where its history goes on")]
    public async Task A_change_of_code_under_a_running_instance_fails_it_and_names_the_step(Type changed, string step)
    {
        OrchestrationMetadata end = await ChangeUnderWayAsync(changed);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Contains(step, end.FailureDetails!.ErrorMessage);
        Assert.EndsWith("NonDeterministicOrchestrationException", end.FailureDetails.ErrorType);
    }

    [Fact]
    public async Task A_change_of_code_ahead_of_a_running_instance_does_no_harm()
    {
        OrchestrationMetadata end = await ChangeUnderWayAsync(typeof(ChangedOnlyAhead));
        Assert.Equal("changed ahead", end.ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_id_that_runs_is_refused()
    {
        await using DurableWorld world = await StartAsync();
        await world.StartInstanceAsync("OneEvent");
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => world.StartInstanceAsync("OneEvent"));
        await world.RaiseAsync("Go", "still there");
        Assert.Equal("still there", (await world.EndAsync()).ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_id_in_a_dedupe_status_is_refused_and_keeps_its_output()
    {
        await using DurableWorld world = await StartAsync();
        await world.StartInstanceAsync("Echo", "first");
        await world.EndAsync();
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => world.StartInstanceAsync("Echo", "second"));
        Assert.Equal("first", (await world.EndAsync()).ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_ended_id_is_replaced_unless_refused()
    {
        await using DurableWorld world = await StartAsync();
        await world.StartInstanceAsync("Sequence", "first");
        await world.EndAsync();
        await world.Client.ScheduleNewOrchestrationInstanceAsync("Sequence", "second", new StartOrchestrationOptions(DurableWorld.Id));
        await world.RestartAsync(graceful: false);
        Assert.Equal("second01234", (await world.EndAsync()).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Of_many_starts_of_one_id_at_once_one_wins()
    {
        await using DurableWorld world = await StartAsync();
        bool[] won = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            try
            {
                await world.Client.ScheduleNewOrchestrationInstanceAsync("OneEvent", null, new StartOrchestrationOptions(DurableWorld.Id));
                return true;
            }
            catch (OrchestrationAlreadyExistsException)
            {
                return false;
            }
        }));
        Assert.Single(won, true);
    }

    [Fact]
    public async Task An_event_to_no_instance_is_not_found()
    {
        await using DurableWorld world = await StartAsync();
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => world.RaiseAsync("Go"));
        Assert.Equal(StatusCode.NotFound, refused.StatusCode);
    }

    [Fact]
    public async Task An_event_to_an_ended_instance_is_a_failed_precondition()
    {
        await using DurableWorld world = await StartAsync();
        await world.StartInstanceAsync("Echo", "x");
        await world.EndAsync();
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => world.RaiseAsync("Go"));
        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
    }

    [Fact]
    public async Task Two_hundred_events_at_once_are_all_seen()
    {
        await using DurableWorld world = await StartAsync();
        await world.StartInstanceAsync("CountEvents", 200);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => world.Client.RaiseEventAsync(DurableWorld.Id, "Tick", i)));
        Assert.Equal(Enumerable.Range(0, 200).Sum(), (await world.EndAsync()).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Events_are_not_lost_across_generations_that_follow_fast()
    {
        await using DurableWorld world = await StartAsync();
        await world.StartInstanceAsync("SumAcrossGenerations", new EventOrchestrators.SumInput(0, 60));
        for (int i = 0; i < 60; i++)
            await world.RaiseAsync("Tick", 1);
        Assert.Equal(60, (await world.EndAsync()).ReadOutputAs<int>());
    }

    [Fact]
    public async Task An_instance_with_any_id_is_found_by_it()
    {
        const string Odd = "a/b\\c#d?e~f%g é!";
        await using DurableWorld world = await StartAsync();
        await world.Client.ScheduleNewOrchestrationInstanceAsync("Echo", "x", new StartOrchestrationOptions(Odd));
        OrchestrationMetadata end = await world.Client.WaitForInstanceCompletionAsync(Odd, true);
        Assert.Equal(Odd, end.InstanceId);
    }

    [Fact]
    public async Task A_purged_instance_is_gone_and_a_running_one_stays()
    {
        await using DurableWorld world = await StartAsync();
        await world.StartInstanceAsync("OneEvent");
        Assert.Equal(0, (await world.Client.PurgeInstanceAsync(DurableWorld.Id)).PurgedInstanceCount);
        await world.RaiseAsync("Go", "x");
        await world.EndAsync();
        Assert.Equal(1, (await world.Client.PurgeInstanceAsync(DurableWorld.Id)).PurgedInstanceCount);
        Assert.Null(await world.Client.GetInstanceAsync(DurableWorld.Id));
        Assert.Empty((await _rows.QueryAsync("HubInstances", new(), CancellationToken.None)).Rows);
    }

    [Fact]
    public async Task Nothing_stays_in_the_index_of_running_instances_after_the_end()
    {
        await using (DurableWorld world = await StartAsync())
        {
            await world.StartInstanceAsync("CountDown");
            await world.EndAsync();
        }
        Assert.Equal(0, await CountRunningAsync());
    }

    [Fact]
    public async Task Instances_are_listed_by_status_and_prefix_page_by_page()
    {
        await using DurableWorld world = await StartAsync();
        for (int i = 0; i < 25; i++)
            await world.Client.ScheduleNewOrchestrationInstanceAsync(
                i % 5 == 0 ? "OneEvent" : "Echo", null, new StartOrchestrationOptions($"{(i < 20 ? "in" : "out")}-{i}"));
        for (int i = 0; i < 25; i++)
            if (i % 5 != 0)
                await world.Client.WaitForInstanceCompletionAsync($"{(i < 20 ? "in" : "out")}-{i}");
        List<string> found = [];
        OrchestrationQuery query = new(Statuses: [OrchestrationRuntimeStatus.Completed], InstanceIdPrefix: "in-", PageSize: 3);
        await foreach (OrchestrationMetadata instance in world.Client.GetAllInstancesAsync(query))
            found.Add(instance.InstanceId);
        Assert.Equal(16, found.Distinct().Count());
        Assert.All(found, id => Assert.StartsWith("in-", id));
    }

    [Fact]
    public async Task An_orchestration_may_be_started_for_later()
    {
        FakeTimeProvider time = new(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        DateTimeOffset at = time.GetUtcNow().AddHours(1);
        await using (DurableRig before = DurableRig.Create(_rows, DurableConformanceTests.Functions, "Hub", time))
        {
            await before.StartAsync();
            await before.Client.ScheduleNewOrchestrationInstanceAsync("Echo", "x", new StartOrchestrationOptions("later", at));
            time.Advance(TimeSpan.FromMinutes(59));
            Assert.Equal(OrchestrationRuntimeStatus.Pending, (await before.Client.GetInstanceAsync("later"))!.RuntimeStatus);
        }
        await using DurableRig after = DurableRig.Create(_rows, DurableConformanceTests.Functions, "Hub", time);
        await after.StartAsync();
        time.Advance(TimeSpan.FromMinutes(1));
        OrchestrationMetadata end = await after.Client.WaitForInstanceCompletionAsync("later").WaitAsync(Eventually.Patience);
        Assert.Equal(at, end.LastUpdatedAt);
    }

    [Fact]
    public async Task A_timer_of_twenty_days_fires_on_its_day_and_not_before()
    {
        FakeTimeProvider time = new(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using DurableRig rig = DurableRig.Create(_rows, DurableConformanceTests.Functions, "Hub", time);
        await rig.StartAsync();
        int days = (int)TimeSpan.FromDays(20).TotalMilliseconds;
        string id = await rig.Client.ScheduleNewOrchestrationInstanceAsync("Sleep", days);
        Task<OrchestrationMetadata> end = rig.Client.WaitForInstanceCompletionAsync(id, true);
        await rig.Client.WaitForInstanceStartAsync(id);
        time.Advance(TimeSpan.FromDays(20) - TimeSpan.FromMilliseconds(1));
        await Task.Delay(100);
        Assert.False(end.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True((await end.WaitAsync(Eventually.Patience)).ReadOutputAs<bool>());
    }

    [Fact]
    public async Task Timers_that_came_due_while_no_process_ran_fire_in_the_order_of_their_times()
    {
        FakeTimeProvider time = new(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        StartOrchestrationOptions id = new("overdue");
        await using (DurableRig before = DurableRig.Create(_rows, DurableConformanceTests.Functions, "Hub", time))
        {
            await before.StartAsync();
            await before.Client.ScheduleNewOrchestrationInstanceAsync("FirstOfEventAndTimers", null, id);
            await before.Client.WaitForInstanceStartAsync(id.InstanceId!);
        }
        time.Advance(TimeSpan.FromHours(2));
        await using DurableRig after = DurableRig.Create(_rows, DurableConformanceTests.Functions, "Hub", time);
        await after.StartAsync();
        OrchestrationMetadata end = await after.Client.WaitForInstanceCompletionAsync(id.InstanceId!, true).WaitAsync(Eventually.Patience);
        Assert.Equal("near", end.ReadOutputAs<string>());
    }

    [Theory]
    [InlineData("Sequence", 8)]
    [InlineData("Mixed", 6)]
    public async Task Few_storage_operations_are_made(string orchestrator, int most)
    {
        DyingStorage counted = new(_rows, new MemoryPayloads());
        await using DurableRig rig = DurableRig.Create(counted, DurableConformanceTests.Functions, "Hub");
        await rig.StartAsync();
        int idle = counted.Operations;
        string id = await rig.Client.ScheduleNewOrchestrationInstanceAsync(orchestrator);
        if (orchestrator == "Mixed")
        {
            await Eventually.UntilAsync(async () => (await new HubStoreView(_rows).LoadAsync(id))!.History.Count >= 4);
            await rig.Client.RaiseEventAsync(id, "Go", "x");
        }
        await Eventually.UntilAsync(async () => await CountRunningAsync() == 0);
        Assert.InRange(counted.Operations - idle, 1, most);
    }

    [Fact]
    public async Task The_management_history_names_what_was_called_and_when()
    {
        await using DurableWorld world = await StartAsync();
        await world.StartInstanceAsync("Mixed");
        await world.RaiseAsync("Go", "go");
        await world.EndAsync();
        StoredInstance stored = (await new HubStoreView(_rows).LoadAsync())!;
        JsonArray history = CoinPay.Embedded.Durable.Management.HistoryJson.Of(stored, withOutput: true);
        Assert.Equal("ExecutionStarted", (string?)history[0]!["EventType"]);
        JsonNode done = history.First(step => (string?)step!["EventType"] == "TaskCompleted")!;
        Assert.Equal("Say", (string?)done["FunctionName"]);
        Assert.Equal("a1", (string?)done["Input"]);
        Assert.Equal("Completed", (string?)history[^1]!["OrchestrationStatus"]);
        Assert.Contains(history, step => (string?)step!["EventType"] == "EventRaised" && (string?)step["Name"] == "Go");
    }

    private async Task<OrchestrationMetadata> ChangeUnderWayAsync(Type changed)
    {
        await using (DurableRig before = DurableRig.Create(_rows, [typeof(OriginalOrchestrator), typeof(DurableActivities)], "Hub"))
        {
            await before.StartAsync();
            await before.Client.ScheduleNewOrchestrationInstanceAsync("Changing", null, new StartOrchestrationOptions("x"));
            await Eventually.UntilAsync(async () => (await before.Client.GetInstanceAsync("x", true))!.SerializedCustomStatus is not null);
        }
        await using DurableRig after = DurableRig.Create(_rows, [changed, typeof(DurableActivities)], "Hub");
        await after.StartAsync();
        try
        {
            await after.Client.RaiseEventAsync("x", "Go");
        }
        catch (RpcException failedAlready) when (failedAlready.StatusCode == StatusCode.FailedPrecondition)
        {
        }
        return await after.Client.WaitForInstanceCompletionAsync("x", true);
    }

    private async Task<int> CountRunningAsync() =>
        (await ((IRowStore)_rows).ListAsync("HubIndex", HubKeys.RunningPartition, CancellationToken.None)).Count;

    private Task<DurableWorld> StartAsync() =>
        DurableWorld.StartAsync(_rows, DurableConformanceTests.Functions, hubName: "Hub");

    /// <summary>The hub's storage as somebody outside reads it.</summary>
    private sealed class HubStoreView(IRowStore rows)
    {
        public async Task<StoredInstance?> LoadAsync(string id = DurableWorld.Id)
        {
            await using DurableRig reader = DurableRig.Create(rows, [], "Hub");
            return await reader.Store.LoadAsync(id, evenEnded: true, CancellationToken.None);
        }
    }
}
