using CoinPay.Embedded.Durable;
using CoinPay.Embedded.Durable.Ownership;
using CoinPay.Embedded.Durable.Storage;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>One process owns a hub: another stands by, takes over, and what a stalled owner had under way changes nothing.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class OwnershipTests(AzuriteFixture azurite)
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_stalled_owner_changes_no_instance_after_another_took_over()
    {
        AzureRowStore rows = MemoryRows.New();
        MemoryLease lease = new(_time);
        GatedRowStore gate = new(rows);
        DurableRig stalled = DurableRig.Create(gate, DurableConformanceTests.Functions, "Hub", _time, lease);
        await stalled.StartAsync();
        for (int i = 0; i < 20; i++)
            await stalled.Client.ScheduleNewOrchestrationInstanceAsync("OneEvent", null, new StartOrchestrationOptions($"i{i}"));
        for (int i = 0; i < 20; i++)
            await stalled.Client.WaitForInstanceStartAsync($"i{i}");
        gate.Close();
        Task[] stalledSenders = [.. Enumerable.Range(0, 20).Select(i => stalled.Client.RaiseEventAsync($"i{i}", "Go", "late"))];
        await Eventually.UntilAsync(() => gate.Waiting == 20);
        lease.CutOff = lease.Holder;
        _time.Advance(HubOwnership.Duration + TimeSpan.FromSeconds(1));

        await using DurableRig next = DurableRig.Create(rows, DurableConformanceTests.Functions, "Hub", _time, lease);
        await next.StartAsync();
        for (int i = 0; i < 20; i++)
            await next.Client.RaiseEventAsync($"i{i}", "Go", "stored");
        for (int i = 0; i < 20; i++)
            Assert.Equal("stored", (await next.Client.WaitForInstanceCompletionAsync($"i{i}", true)).ReadOutputAs<string>());
        string before = await SnapshotAsync(rows);
        gate.Open();
        await Eventually.UntilAsync(() => gate.Waiting == 0);
        foreach (Task sender in stalledSenders)
            await Assert.ThrowsAnyAsync<Azure.RequestFailedException>(() => sender);
        await stalled.AbandonAsync();
        Assert.Equal(before, await SnapshotAsync(rows));
    }

    [Fact]
    public async Task A_process_whose_lease_may_have_run_out_sends_nothing()
    {
        MemoryLease lease = new(_time);
        DurableRig rig = DurableRig.Create(MemoryRows.New(), DurableConformanceTests.Functions, "Hub", _time, lease);
        await rig.StartAsync();
        lease.CutOff = lease.Holder;
        _time.Advance(HubOwnership.Duration - TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<Azure.RequestFailedException>(() => rig.Client.ScheduleNewOrchestrationInstanceAsync("Echo"));
        await rig.AbandonAsync();
    }

    [Fact]
    public async Task An_owner_that_loses_its_lease_is_told()
    {
        MemoryLease lease = new(_time);
        DurableRig rig = DurableRig.Create(MemoryRows.New(), DurableConformanceTests.Functions, "Hub", _time, lease);
        await rig.StartAsync();
        TaskCompletionSource told = new();
        rig.Ownership.Lost.Register(told.SetResult);
        lease.CutOff = lease.Holder;
        await Eventually.UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return told.Task.IsCompleted;
        });
        await rig.AbandonAsync();
    }

    [Fact]
    public async Task A_process_that_lost_the_hub_begins_no_activity_that_waited_for_its_place()
    {
        MemoryLease lease = new(_time);
        Ear ear = new(typeof(ActivityPool).FullName!);
        using LoggerFactory loggers = new([ear]);
        DurableRig rig = await QueueTwoActivitiesAsync(lease, loggers);
        lease.CutOff = lease.Holder;
        await Eventually.UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return rig.Ownership.Lost.IsCancellationRequested;
        });
        QueuedActivities.Release.SetResult();
        await Eventually.UntilAsync(() => ear.Heard.Contains("Activity TakeAPlace is left to the new owner of the task hub"));
        Assert.Equal(1, QueuedActivities.Begun);
        await rig.AbandonAsync();
    }

    [Fact]
    public async Task A_lease_that_is_renewed_late_leaves_no_activity_behind()
    {
        MemoryLease lease = new(_time);
        await using DurableRig rig = await QueueTwoActivitiesAsync(lease, NullLoggerFactory.Instance);
        TaskCompletionSource renewal = new();
        lease.Way = renewal.Task;
        _time.Advance(HubOwnership.Duration - TimeSpan.FromSeconds(2));
        QueuedActivities.Release.SetResult();
        Assert.Throws<Azure.RequestFailedException>(rig.Ownership.Demand);
        renewal.SetResult();
        await Eventually.UntilAsync(() =>
        {
            if (_time.GetUtcNow() - lease.RenewedAt < TimeSpan.FromSeconds(10))
                _time.Advance(TimeSpan.FromSeconds(1));
            return QueuedActivities.Begun == 2;
        });
    }

    private async Task<DurableRig> QueueTwoActivitiesAsync(MemoryLease lease, ILoggerFactory loggers)
    {
        QueuedActivities.Reset();
        DurableRig rig = DurableRig.Create(
            MemoryRows.New(), [typeof(QueuedActivities)], "Hub", _time, lease, loggers: loggers, activitiesAtOnce: 1);
        await rig.StartAsync();
        await rig.Client.ScheduleNewOrchestrationInstanceAsync("AskForTwo");
        await Eventually.UntilAsync(() => QueuedActivities.Begun == 1);
        return rig;
    }

    [Fact]
    public async Task A_blobs_lease_is_one_processs_until_released()
    {
        string hub = "L" + Guid.NewGuid().ToString("N");
        BlobLease lease = new(azurite.ConnectionString, hub);
        string first = Guid.NewGuid().ToString(), second = Guid.NewGuid().ToString();
        Assert.True(await lease.TryAcquireAsync(first, HubOwnership.Duration, "me", default));
        Assert.False(await lease.TryAcquireAsync(second, HubOwnership.Duration, "you", default));
        Assert.Equal("me", await lease.OwnerAsync(default));
        await lease.RenewAsync(first, default);
        await lease.ReleaseAsync(first, default);
        Assert.True(await lease.TryAcquireAsync(second, HubOwnership.Duration, "you", default));
        Azure.RequestFailedException lost =
            await Assert.ThrowsAsync<Azure.RequestFailedException>(() => lease.RenewAsync(first, default));
        Assert.Equal(409, lost.Status);
    }

    [Fact]
    public async Task A_dead_process_of_this_machine_is_not_waited_for()
    {
        string hub = "L" + Guid.NewGuid().ToString("N");
        BlobLease lease = new(azurite.ConnectionString, hub);
        string dead = string.Join('|', [.. ProcessIdentity.Current.Split('|')[..2], $"{int.MaxValue}", "1"]);
        Assert.True(await lease.TryAcquireAsync(Guid.NewGuid().ToString(), HubOwnership.Duration, dead, default));
        // Its clock stands still: one that waited for the lease would never have it.
        using HubOwnership next = new(lease, _time, NullLogger<HubOwnership>.Instance);
        await next.AcquireAsync(default).WaitAsync(Eventually.Patience);
        next.Demand();
        await next.ReleaseAsync();
    }

    [Fact]
    public void A_living_process_and_one_of_another_machine_are_not_known_dead()
    {
        Assert.False(ProcessIdentity.IsKnownDead(ProcessIdentity.Current));
        Assert.False(ProcessIdentity.IsKnownDead("another-boot|pid:[1]|2147483647|1"));
        Assert.False(ProcessIdentity.IsKnownDead(""));
    }

    private static async Task<string> SnapshotAsync(AzureRowStore rows) => string.Join('\n',
        (await rows.QueryAsync("HubInstances", new(), default)).Rows.Select(row => $"{row.PartitionKey} {row.RowKey} {row.ETag}"));
}
