using CoinPay.Testing.Hub;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Xunit;

namespace CoinPay.Functions.Tests.Hub;

/// <summary>What is under way when a process dies is done by the next one, once its messages are visible again.</summary>
public sealed class HubCrashTests
{
    private static readonly TimeSpan Enough = TimeSpan.FromMinutes(5);

    public static TheoryData<string> Orchestrators =>
        [nameof(HubRigFunctions.CountAsync), nameof(HubRigFunctions.AskChildAsync), nameof(HubRigFunctions.CollectInGenerationsAsync)];

    /// <summary>Every request of the life, before its effect and after it.</summary>
    [Theory]
    [MemberData(nameof(Orchestrators))]
    public async Task A_process_that_dies_at_any_request_changes_no_outcome(string orchestrator)
    {
        (HubOperation[] requests, string? expected) = await LiveAsync(orchestrator, null, false);
        for (int request = 1; request <= requests.Length; request++)
            foreach (bool afterEffect in (bool[])[false, true])
            {
                (_, string? output) = await LiveAsync(orchestrator, request, afterEffect);
                Assert.True(expected == output, $"{output} instead of {expected} after a death at {requests[request - 1]}, {afterEffect}");
            }
    }

    [Fact]
    public async Task What_a_dead_process_had_taken_comes_back_when_its_lease_ends()
    {
        HubRig rig = new();
        await StartAsync(rig, nameof(HubRigFunctions.CountAsync), 1);
        rig.DiesAt = 2;
        rig.Settle();
        Assert.True(rig.IsDead);
        rig.StartProcess();
        rig.Advance(HubQueue.VisibilityTimeout - TimeSpan.FromSeconds(1));
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await rig.Client.GetInstanceAsync("it"))!.RuntimeStatus);
        rig.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(4, await rig.OutputAsync<int>("it"));
    }

    [Fact]
    public async Task An_activity_whose_process_dies_before_it_answers_runs_again()
    {
        HubRig rig = new();
        await StartAsync(rig, nameof(HubRigFunctions.CountAsync), 1);
        rig.DiesAt = rig.Requests.Count + 3;
        rig.Advance(Enough);
        Assert.Equal(4, await rig.OutputAsync<int>("it"));
        Assert.True(rig.Activities.Count >= 3, string.Join(", ", rig.Activities));
    }

    /// <summary>As the backend delivers: at least once.</summary>
    [Fact]
    public async Task An_event_whose_deletion_was_lost_is_seen_twice()
    {
        HubRig rig = new();
        await StartAsync(rig, nameof(HubRigFunctions.CollectAsync));
        rig.Settle();
        await rig.Client.RaiseEventAsync("it", "letter", "a");
        int before = rig.Requests.Count;
        rig.Settle();
        Assert.Equal(HubAction.DeleteMessage, rig.Requests[^1].Action);
        int deletion = rig.Requests.Count - before;

        await rig.Client.RaiseEventAsync("it", "letter", "b");
        rig.DiesAt = deletion;
        rig.Advance(Enough);
        await rig.Client.RaiseEventAsync("it", "letter", ".");
        rig.Settle();
        Assert.Equal("abb.", await rig.OutputAsync<string>("it"));
    }

    private static async Task<(HubOperation[] Requests, string? Output)> LiveAsync(string orchestrator, int? diesAt, bool afterEffect)
    {
        HubRig rig = new();
        bool isCount = orchestrator != nameof(HubRigFunctions.CollectInGenerationsAsync);
        await StartAsync(rig, orchestrator, isCount ? 5 : "");
        if (!isCount)
            foreach (string letter in (string[])["a", "."])
                await rig.Client.RaiseEventAsync("it", "letter", letter);
        rig.Requests.Clear();
        (rig.DiesAt, rig.DiesAfterEffect) = (diesAt, afterEffect);
        rig.Advance(Enough);
        Assert.Null(rig.DiesAt);
        HubOperation[] requests = [.. rig.Requests];
        OrchestrationMetadata? found = await rig.Client.GetInstanceAsync("it", getInputsAndOutputs: true);
        return (requests, found!.SerializedOutput);
    }

    private static Task<string> StartAsync(HubRig rig, string name, object? input = null) =>
        rig.Client.ScheduleNewOrchestrationInstanceAsync(name, input, new StartOrchestrationOptions("it"));
}
