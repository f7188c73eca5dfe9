using CoinPay.Embedded.Durable;
using CoinPay.Embedded.Durable.Storage;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Xunit;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Where long payloads stand, how often, and that they go with their instance.</summary>
public sealed class PayloadTests
{
    private const int Mebi = 1024 * 1024;
    private readonly AzureRowStore _rows = MemoryRows.New();
    private readonly MemoryPayloads _blobs = new();

    [Fact]
    public async Task A_purge_removes_blobs_and_what_a_crash_left_of_them()
    {
        await using DurableWorld world = await StartAsync();
        await world.StartInstanceAsync("Echo", new string('x', Mebi));
        await world.EndAsync();
        await _blobs.PutAsync(DurableWorld.Id + "/orphan", "left", default);
        await _blobs.PutAsync("another/one", "stays", default);
        Assert.Equal(1, (await world.Client.PurgeInstanceAsync(DurableWorld.Id)).PurgedInstanceCount);
        Assert.Equal(["another/one"], _blobs.Names);
        Assert.Empty((await _rows.QueryAsync("HubInstances", new(), default)).Rows);
    }

    [Fact]
    public async Task A_purge_that_was_cut_short_can_be_made_again()
    {
        for (int at = 1; at <= 8; at++)
        {
            MemoryPayloads blobs = new();
            AzureRowStore rows = MemoryRows.New();
            await using DurableWorld world = await DurableWorld.StartAsync(rows, DurableConformanceTests.Functions, hubName: "Hub", payloads: blobs);
            await world.StartInstanceAsync("LargeResults", Enumerable.Repeat(70_000, 3).ToArray());
            await world.EndAsync();
            DyingStorage dying = new(rows, blobs, at);
            HubStore store = StoreOn(dying);
            try
            {
                await store.PurgeAsync((await store.GetStateAsync(DurableWorld.Id, withTexts: false, default))!, default);
            }
            catch (Azure.RequestFailedException) when (dying.IsDead)
            {
            }
            await world.Client.PurgeInstanceAsync(DurableWorld.Id);
            Assert.Empty(blobs.Names);
            Assert.Empty((await rows.QueryAsync("HubInstances", new(), default)).Rows);
        }
    }

    [Fact]
    public async Task A_purge_of_an_instance_of_hundreds_of_rows_leaves_none()
    {
        await using DurableWorld world = await StartAsync();
        await world.StartInstanceAsync("FanOut", 200);
        await world.EndAsync();
        await world.Client.PurgeInstanceAsync(DurableWorld.Id);
        Assert.Empty((await _rows.QueryAsync("HubInstances", new(), default)).Rows);
    }

    [Fact]
    public async Task An_event_that_was_stored_by_itself_keeps_its_blob_in_the_history()
    {
        await using DurableWorld world = await StartAsync();
        await world.StartInstanceAsync("OneEvent", null, TimeSpan.FromMilliseconds(500));
        await world.RaiseAsync("Go", new string('e', Mebi));
        await world.EndAsync();
        int inEventAndOutput = 2;
        Assert.Equal(inEventAndOutput, _blobs.Names.Count(name => name.StartsWith("case/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_custom_status_that_stays_is_stored_once()
    {
        await using DurableWorld world = await StartAsync();
        await world.StartInstanceAsync("LargeStatus", Mebi);
        await world.EndAsync();
        Assert.Single(_blobs.Names);
    }

    [Fact]
    public async Task Blobs_of_earlier_generations_go_with_their_rows()
    {
        await using DurableWorld world = await StartAsync();
        await world.StartInstanceAsync("LargeGenerations", "");
        await world.RaiseAsync("Go", new string('g', Mebi));
        await world.RaiseAsync("Later", "end");
        await world.EndAsync();
        await world.RestartAsync();
        Assert.Single(_blobs.Names);
    }

    [Fact]
    public async Task Tidying_goes_on_where_another_has_removed_some_of_it()
    {
        await using DurableWorld world = await StartAsync();
        DateTimeOffset now = DateTimeOffset.UtcNow;
        OrchestrationState state = OrchestrationState.New("tidied", "Echo", now) with { Sequence = 3 };
        HistoryEvent[] events = [.. Enumerable.Range(0, 3).Select(number =>
            new HistoryEvent(HistoryEventType.EventRaised, now) { Sequence = number, Turn = 1, Input = new string('x', Mebi) })];
        OrchestrationState before = await world.Store.CreateAsync(state, events, default);
        OrchestrationState after = before with { Generation = 1, Sequence = 0 };
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => world.Store.RemoveStaleAsync(after, before, default))));
        await world.Store.RemoveStaleAsync(after, before, default);
        Assert.DoesNotContain(_blobs.Names, name => name.StartsWith("tidied/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_reads_an_instance_whose_generations_follow_fast()
    {
        await using DurableWorld world = await StartAsync();
        await world.StartInstanceAsync("LargeGenerations", "");
        await world.RaiseAsync("Go", new string('g', Mebi));
        Task raised = world.RaiseAsync("Later", "end");
        OrchestrationMetadata seen = await world.EndAsync();
        await raised;
        Assert.Equal(1_500_003, seen.ReadOutputAs<int>());
    }

    [Fact]
    public async Task A_list_reads_long_texts_only_when_asked()
    {
        DyingStorage counted = new(_rows, _blobs);
        await using DurableWorld world = await StartAsync();
        for (int i = 0; i < 3; i++)
            await world.Client.ScheduleNewOrchestrationInstanceAsync("Echo", new string('x', Mebi), new StartOrchestrationOptions($"e{i}"));
        for (int i = 0; i < 3; i++)
            await world.Client.WaitForInstanceCompletionAsync($"e{i}");
        HubStore store = StoreOn(counted);
        await store.ListAsync("e", 100, null, withTexts: false, default);
        Assert.Equal(1, counted.Operations);
        List<OrchestrationMetadata> listed = [];
        await foreach (OrchestrationMetadata instance in world.Client.GetAllInstancesAsync(new(FetchInputsAndOutputs: true)))
            listed.Add(instance);
        Assert.All(listed, instance => Assert.Equal(Mebi, instance.ReadOutputAs<string>()!.Length));
        Assert.Equal(3, listed.Count);
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.")]
    [InlineData("a/b\\c#d?e~f%g é!.")]
    public async Task An_instance_with_any_id_has_its_own_blobs(string id)
    {
        await using DurableWorld world = await StartAsync();
        await world.Client.ScheduleNewOrchestrationInstanceAsync("Echo", new string('x', Mebi), new StartOrchestrationOptions(id));
        Assert.Equal(Mebi, (await world.Client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<string>()!.Length);
        Assert.All(_blobs.Names, name => Assert.False(name.Split('/')[0].EndsWith('.'), name));
        await world.Client.PurgeInstanceAsync(id);
        Assert.Empty(_blobs.Names);
    }

    private static HubStore StoreOn(DyingStorage storage) => DurableRig.StoreOn(storage, storage);

    private Task<DurableWorld> StartAsync() =>
        DurableWorld.StartAsync(_rows, DurableConformanceTests.Functions, hubName: "Hub", payloads: _blobs);
}
