using Azure;
using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Platform.Telemetry;

namespace CoinPay.Functions.Platform.Aggregates;

/// <summary>
/// Stores each aggregate in one partition: <c>snapshot</c>, <c>event!…</c> (the timeline, chained by hashes), <c>line!…</c> (the
/// ledger), <c>outbox!…</c> (events to publish) and the parts of its kind. Rows that must agree are written in one entity-group
/// transaction.
/// </summary>
internal sealed class AggregateStore<TState, TEvent>(TableClient table, IAggregate<TState, TEvent> kind)
    where TState : class
    where TEvent : class, IDomainEvent
{
    /// <summary>Loads what a decision needs: snapshot, outbox and parts, not the timeline. Null if there is no such aggregate.</summary>
    public async Task<Stored<TState>?> FindAsync(string partition, CancellationToken cancellation)
    {
        TableEntity? snapshot = null;
        List<GatewayEvent> outbox = [];
        List<TableEntity> parts = [];
        await foreach (TableEntity row in table.RowsAsync(AggregateRows.StateOf(partition), cancellation))
        {
            if (row.RowKey == AggregateRows.SnapshotKey)
                snapshot = row;
            else if (Key.PrefixOf(row.RowKey) == Outbox.Prefix)
                outbox.Add(GatewayEvent.FromRow(row));
            else
                parts.Add(row);
        }
        if (snapshot is null)
            return null;
        return new(
            partition, kind.Read(snapshot, parts), snapshot.GetInt32("Version")!.Value, snapshot.ETag, snapshot.GetString("LastHash"))
        {
            Outbox = outbox,
            Parts = parts,
            TraceParent = snapshot.GetString("TraceParent"),
        };
    }

    /// <summary>Returns every event in order, each with the hash that chains it to the previous one.</summary>
    public async Task<List<TimelineRow<TEvent>>> ReadTimelineAsync(string partition, CancellationToken cancellation)
    {
        List<TimelineRow<TEvent>> events = [];
        await foreach (TableEntity row in table.RangeAsync(partition, AggregateRows.EventPrefix, cancellation))
            events.Add(AggregateRows.ReadEvent<TEvent>(row));
        return events;
    }

    /// <summary>Applies one or more events to a state.</summary>
    public List<Committed<TState, TEvent>> Fold(Stored<TState>? before, IReadOnlyList<TEvent> events)
    {
        Core.Assert.That(events.Count > 0);
        List<Committed<TState, TEvent>> committed = [];
        (TState? state, int version) = (before?.State, before?.Version ?? 0);
        foreach (TEvent happened in events)
        {
            TState after = kind.Evolve(state, happened);
            committed.Add(new(++version, happened, after, kind.Post(state, after)));
            state = after;
        }
        return committed;
    }

    /// <summary>
    /// Writes events and everything that follows from them in one batch. Throws 409 (the aggregate exists) or 412 (it was changed
    /// since it was read), in which case nothing is written.
    /// </summary>
    /// <param name="partition">The aggregate's partition.</param>
    /// <param name="before">The aggregate as it was read; null to create it.</param>
    /// <param name="committed">The result of <see cref="Fold"/>.</param>
    /// <param name="outbox">The events to publish.</param>
    /// <param name="more">Other rows of the aggregate's kind that belong to this commit.</param>
    /// <param name="cancellation">Cancels before the write.</param>
    public async Task<Stored<TState>> CommitAsync(
        string partition, Stored<TState>? before, IReadOnlyList<Committed<TState, TEvent>> committed,
        IReadOnlyList<GatewayEvent> outbox, IReadOnlyList<TableEntity> more, CancellationToken cancellation)
    {
        TState state = committed[^1].After;
        string lastHash = before?.LastHash ?? Timeline.Start;
        List<TableEntity> rows = [];
        foreach (Committed<TState, TEvent> one in committed)
        {
            rows.Add(AggregateRows.Event(partition, one.Version, one.Event, ref lastHash));
            rows.AddRange(AggregateRows.Lines(partition, one.Version, one.Postings, one.Event.At));
        }
        rows.AddRange(kind.ChangedParts(partition, before?.State, state));
        rows.AddRange(outbox.Select(happened => Outbox.Row(partition, happened)));
        rows.AddRange(more);

        Stored<TState> after = new(partition, state, committed[^1].Version, default, lastHash)
        {
            Outbox = [.. before?.Outbox ?? [], .. outbox],
            Parts = [.. before?.Parts ?? [], .. more],
            TraceParent = before is null ? InvoiceTrace.Here : before.TraceParent,
        };
        TableTransactionAction[] batch =
            [Snapshot(before, after), .. rows.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row))];
        Core.Assert.That(batch.Length <= TableCalls.MaxBatchRows);
        Response<IReadOnlyList<Response>> saved = await table.SubmitTransactionAsync(batch, cancellation);
        return after with { Tag = saved.Value[0].Headers.ETag!.Value };
    }

    private TableTransactionAction Snapshot(Stored<TState>? before, Stored<TState> after)
    {
        TableEntity row = new(after.Partition, AggregateRows.SnapshotKey)
        {
            ["Version"] = after.Version,
            ["LastHash"] = after.LastHash,
            ["TraceParent"] = after.TraceParent,
        };
        kind.WriteSnapshot(row, after.State);
        return before is null
            ? new(TableTransactionActionType.Add, row)
            : new(TableTransactionActionType.UpdateReplace, row, before.Tag);
    }
}
