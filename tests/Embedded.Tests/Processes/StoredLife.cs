using System.Text.Json;
using Azure.Data.Tables;
using CoinPay.Embedded.App;
using CoinPay.Embedded.Durable;
using CoinPay.Embedded.Durable.Storage;
using Microsoft.DurableTask.Client;
using Xunit;

namespace CoinPay.Embedded.Tests.Processes;

/// <summary>A life as it stands in storage, read past the engine, with every run of its activities.</summary>
internal sealed record StoredLife(OrchestrationState State, DateTimeOffset StoredAt, IReadOnlyList<StoredLife.Step> History, IReadOnlyList<StoredLife.Run> Runs)
{
    /// <summary>Azurite's stamps are cut to milliseconds.</summary>
    private static readonly TimeSpan Cut = TimeSpan.FromMilliseconds(1);

    /// <summary>An event of the history and when the service stored it.</summary>
    public sealed record Step(HistoryEvent Event, DateTimeOffset StoredAt)
    {
        /// <summary>What the activity gave back, for its completion.</summary>
        public Done Outcome() => JsonSerializer.Deserialize<Done>(Event.Result!, JsonSerializerOptions.Web)!;
    }

    /// <summary>One run of an activity, written by itself as it began.</summary>
    public sealed record Run(string Step, string Id, int ProcessId, DateTimeOffset BeganAt);

    public IEnumerable<Step> Completions => History.Where(step => step.Event.Type == HistoryEventType.TaskCompleted);

    /// <summary>Null if there is none yet.</summary>
    public static async Task<StoredLife?> ReadAsync(string storage, string hub, string id)
    {
        List<TableEntity> rows = await RowsAsync(new(storage, hub + "Instances"), id);
        if (rows.Find(row => row.RowKey == HubKeys.State) is not { } state)
            return null;
        return new(
            HubRows.State(state),
            state.Timestamp!.Value,
            [.. rows.Where(row => row.RowKey.StartsWith(HubKeys.HistoryPrefix, StringComparison.Ordinal))
                .Select(row => new Step(HubRows.History(row), row.Timestamp!.Value))],
            [.. (await RowsAsync(new(storage, App.Step.Table), id)).Select(row => new Run(
                row.GetString("Step"), row.RowKey, row.GetInt32("ProcessId")!.Value, row.GetDateTimeOffset("At")!.Value))]);
    }

    /// <summary>It came to its one result; no activity ran again after its outcome was stored; no timer fired before its time.</summary>
    public void IsWhole()
    {
        Assert.Equal(OrchestrationRuntimeStatus.Completed, State.Status);
        Assert.Equal(JsonSerializer.Serialize(Life.Result), State.Output);
        Assert.Equal(["first", "second", "third"], Completions.Select(step => step.Outcome().Step));
        foreach (Step completion in Completions)
        {
            Run[] runs = [.. Runs.Where(run => run.Step == completion.Outcome().Step).OrderBy(run => run.BeganAt)];
            Assert.Equal(completion.Outcome().Run, runs[^1].Id);
            Assert.True(runs[^1].BeganAt <= completion.StoredAt + Cut, $"a run began at {runs[^1].BeganAt:O}, after {completion}");
        }
        Step[] fired = [.. History.Where(step => step.Event.Type == HistoryEventType.TimerFired)];
        Assert.Equal(2, fired.Length);
        Assert.All(fired, step => Assert.True(step.StoredAt + Cut >= step.Event.FireAt, $"fired early: {step}"));
    }

    private static Task<List<TableEntity>> RowsAsync(TableClient table, string partition) =>
        table.QueryAsync<TableEntity>(row => row.PartitionKey == partition).ToListAsync().AsTask();
}
