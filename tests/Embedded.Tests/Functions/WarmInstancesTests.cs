using System.Diagnostics;
using CoinPay.Embedded.Durable;
using CoinPay.Embedded.Durable.Storage;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>What waits need not stay in memory: a hub holds as many instances as its limit, and finds the others when they are due.</summary>
public sealed class WarmInstancesTests(ITestOutputHelper output)
{
    private const int Many = 10_000;
    private const int Limit = 500;

    private readonly AzureRowStore _rows = MemoryRows.New();
    private readonly FakeTimeProvider _time = new(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_hub_with_ten_thousand_waiting_instances_starts_with_its_index_alone()
    {
        await using (DurableRig first = Create(_rows, Limit))
        {
            await first.StartAsync();
            await Parallel.ForAsync(0, Many, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) => await StartAsync(first, $"i{i}"));
            await Eventually.UntilAsync(() => first.InMemory <= Limit);
        }
        DyingStorage counted = new(_rows, new MemoryPayloads());
        await using DurableRig next = Create(counted, Limit);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Stopwatch watch = Stopwatch.StartNew();
        await next.StartAsync();
        output.WriteLine($"start with {Many} waiting: {watch.ElapsedMilliseconds} ms, {counted.Operations} operations, " +
            $"{(GC.GetTotalMemory(forceFullCollection: true) - before) / 1024} KiB");
        Assert.InRange(counted.Operations, 1, 20);
        Assert.Equal(0, next.InMemory);
        await next.Client.RaiseEventAsync("i4711", "Go", "there");
        Assert.Equal("there", (await next.Client.WaitForInstanceCompletionAsync("i4711", true).WaitAsync(Eventually.Patience)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task After_a_crash_no_more_is_read_than_was_in_memory()
    {
        DurableRig first = Create(_rows, 20);
        await first.StartAsync();
        for (int i = 0; i < 200; i++)
            await StartAsync(first, $"i{i}");
        await Eventually.UntilAsync(() => first.InMemory <= 20);
        await first.AbandonAsync();
        Assert.InRange((await first.Index.ListAsync(default)).Count(row => !row.IsPutAway), 0, 20);
        await using DurableRig next = Create(_rows, 20);
        await next.StartAsync();
        for (int i = 0; i < 200; i++)
            await next.Client.RaiseEventAsync($"i{i}", "Go", "there");
        for (int i = 0; i < 200; i++)
            Assert.Equal("there", (await next.Client.WaitForInstanceCompletionAsync($"i{i}", true).WaitAsync(Eventually.Patience)).ReadOutputAs<string>());
        await Eventually.UntilAsync(() => next.InMemory == 0);
    }

    [Fact]
    public async Task A_timer_of_an_instance_that_was_put_away_fires_on_its_day()
    {
        await using DurableRig rig = Create(_rows, limit: 0);
        await rig.StartAsync();
        Task<OrchestrationMetadata> end = await SleepAndLeaveAsync(rig);
        _time.Advance(TimeSpan.FromDays(20) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, rig.InMemory);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True((await end.WaitAsync(Eventually.Patience)).ReadOutputAs<bool>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_timer_that_came_due_while_no_process_ran_fires_after_the_start(bool graceful)
    {
        DurableRig before = Create(_rows, limit: 0);
        await before.StartAsync();
        _ = await SleepAndLeaveAsync(before);
        if (graceful)
            await before.DisposeAsync();
        else
            await before.AbandonAsync();
        _time.Advance(TimeSpan.FromDays(30));
        await using DurableRig after = Create(_rows, limit: 0);
        await after.StartAsync();
        Assert.True((await after.Client.WaitForInstanceCompletionAsync("sleeper", true).WaitAsync(Eventually.Patience)).ReadOutputAs<bool>());
    }

    [Fact]
    public async Task A_timer_made_right_after_a_start_is_not_undone_by_what_the_index_said_before()
    {
        await using (DurableRig first = Create(_rows, limit: 0))
        {
            await first.StartAsync();
            await first.Client.ScheduleNewOrchestrationInstanceAsync("DropAcross", 0, new StartOrchestrationOptions("late"));
            await Eventually.UntilAsync(() => first.InMemory == 0);
        }
        LateStart busy = new();
        await using DurableRig next = Create(_rows, limit: 0, busy.Background);
        await next.StartAsync();
        await next.Client.RaiseEventAsync("late", "Go");
        await Eventually.UntilAsync(async () => (await next.Index.ListAsync(default)) is [{ IsPutAway: true, DueAt: not null }]);
        await busy.RunAsync();
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("timeout", (await next.Client.WaitForInstanceCompletionAsync("late", true).WaitAsync(Eventually.Patience)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_former_owners_late_write_does_not_put_away_what_the_next_one_holds()
    {
        await using DurableRig rig = Create(_rows, Limit);
        await rig.StartAsync();
        RunningRow former = await rig.Index.PutAsync("i", "execution");
        RunningRow ours = await rig.Index.PutAsync("i", "execution");
        Azure.RequestFailedException refused = await Assert.ThrowsAnyAsync<Azure.RequestFailedException>(
            () => rig.Index.PutAwayAsync([former with { IsPutAway = true }], default));
        Assert.Equal(412, refused.Status);
        await rig.Index.PutAwayAsync([ours with { IsPutAway = true }], default);
        Assert.True(Assert.Single(await rig.Index.ListAsync(default)).IsPutAway);
    }

    [Fact]
    public async Task Events_find_instances_that_leave_and_come_back_all_the_time()
    {
        await using DurableRig rig = Create(_rows, limit: 3);
        await rig.StartAsync();
        for (int i = 0; i < 10; i++)
            await rig.Client.ScheduleNewOrchestrationInstanceAsync("CountEvents", 20, new StartOrchestrationOptions($"c{i}"));
        await Parallel.ForAsync(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (i, token) =>
            await rig.Client.RaiseEventAsync($"c{i % 10}", "Tick", 1, token));
        for (int i = 0; i < 10; i++)
            Assert.Equal(20, (await rig.Client.WaitForInstanceCompletionAsync($"c{i}", true).WaitAsync(Eventually.Patience)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task An_instance_whose_activity_runs_stays()
    {
        await using DurableRig rig = Create(_rows, limit: 0);
        await rig.StartAsync();
        await rig.Client.ScheduleNewOrchestrationInstanceAsync("HoldUp", null, new StartOrchestrationOptions("held"));
        await HeldActivity.Begun.Task.WaitAsync(Eventually.Patience);
        await StartAsync(rig, "other");
        await Eventually.UntilAsync(() => rig.InMemory == 1);
        HeldActivity.Release.SetResult();
        Assert.Equal("held up", (await rig.Client.WaitForInstanceCompletionAsync("held", true).WaitAsync(Eventually.Patience)).ReadOutputAs<string>());
    }

    private static async Task<Task<OrchestrationMetadata>> SleepAndLeaveAsync(DurableRig rig)
    {
        int days = (int)TimeSpan.FromDays(20).TotalMilliseconds;
        await rig.Client.ScheduleNewOrchestrationInstanceAsync("Sleep", days, new StartOrchestrationOptions("sleeper"));
        await Eventually.UntilAsync(() => rig.InMemory == 0);
        return rig.Client.WaitForInstanceCompletionAsync("sleeper", true);
    }

    private static Task<string> StartAsync(DurableRig rig, string id) =>
        rig.Client.ScheduleNewOrchestrationInstanceAsync("OneEvent", null, new StartOrchestrationOptions(id));

    private DurableRig Create(IRowStore rows, int limit, Background? background = null) => DurableRig.Create(
        rows, [.. DurableConformanceTests.Functions, typeof(HeldActivity)], "Hub", _time, instancesInMemory: limit, background: background);
}
