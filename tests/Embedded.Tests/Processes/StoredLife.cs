using System.Text.Json;
using Azure.Data.Tables;
using CoinPay.Embedded.App;
using CoinPay.Embedded.Durable;
using CoinPay.Embedded.Durable.Storage;
using Microsoft.DurableTask.Client;
using Xunit;

namespace CoinPay.Embedded.Tests.Processes;

/// <summary>A life as it stands in storage, read past the engine, with every run of its activities.</summary>
internal sealed record StoredLife(OrchestrationState State, IReadOnlyList<StoredLife.Step> History, IReadOnlyList<StoredLife.Run> Runs)
{
    /// <summary>What two of Azurite's stamps may be apart though their writes were not: the digits below a millisecond mean nothing.</summary>
    private static readonly TimeSpan Cut = TimeSpan.FromMilliseconds(10);

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
            [.. rows.Where(row => row.RowKey.StartsWith(HubKeys.HistoryPrefix, StringComparison.Ordinal))
                .Select(row => new Step(HubRows.History(row), row.Timestamp!.Value))],
            [.. (await RowsAsync(new(storage, App.Step.Table), id)).Select(row => new Run(
                row.GetString("Step"), row.RowKey, row.GetInt32("ProcessId")!.Value, row.GetDateTimeOffset("At")!.Value))]);
    }

    /// <summary>Each activity's outcome stands once, in its order, and no timer fired before its time.</summary>
    public void ComesToItsResult()
    {
        Assert.Equal(OrchestrationRuntimeStatus.Completed, State.Status);
        Assert.Equal(JsonSerializer.Serialize(Life.Result), State.Output);
        Assert.Equal(["first", "second", "third"], Completions.Select(step => step.Outcome().Step));
        Step[] fired = [.. History.Where(step => step.Event.Type == HistoryEventType.TimerFired)];
        Assert.Equal(2, fired.Length);
        Assert.All(fired, step => Assert.True(step.Event.At >= step.Event.FireAt, $"fired early: {step}"));
        Assert.All(fired, step => Assert.True(step.StoredAt + Cut >= step.Event.FireAt, $"stored early: {step}"));
    }

    /// <summary>The run whose outcome is stored is the last of its step, and it began before that.</summary>
    public void RepeatsNothingThatIsStored()
    {
        foreach (Step completion in Completions)
        {
            Run[] runs = [.. Runs.Where(run => run.Step == completion.Outcome().Step).OrderBy(run => run.BeganAt)];
            Assert.Equal(completion.Outcome().Run, runs[^1].Id);
            Assert.True(runs[^1].BeganAt <= completion.StoredAt + Cut, $"a run began at {runs[^1].BeganAt:O}, after {completion}");
        }
    }

    /// <summary>One event after the other without a gap, none stored again after the next.</summary>
    public void IsWrittenInItsOrder()
    {
        Assert.Equal(Enumerable.Range(0, State.Sequence), History.Select(step => step.Event.Sequence));
        Assert.All(History.Zip(History.Skip(1)), pair => Assert.True(pair.First.StoredAt <= pair.Second.StoredAt + Cut, $"{pair}"));
    }

    /// <summary>An outcome goes through the memory of the process that ran the activity, and so only that process can have written it.</summary>
    public void IsWrittenInTheReignOf(int processId, DateTimeOffset from, DateTimeOffset to) => Assert.All(
        Completions.Where(step => step.Outcome().ProcessId == processId), step => Assert.InRange(step.StoredAt, from, to));

    private static Task<List<TableEntity>> RowsAsync(TableClient table, string partition) =>
        table.QueryAsync<TableEntity>(row => row.PartitionKey == partition).ToListAsync().AsTask();
}
