using Azure;
using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Platform.Events;

namespace CoinPay.Functions.Platform.Aggregates;

/// <summary>An aggregate as stored, with what the next commit needs.</summary>
/// <param name="Partition">The aggregate's only partition.</param>
/// <param name="State">The state, including its parts.</param>
/// <param name="Version">The number of events that led to the state.</param>
/// <param name="Tag">The snapshot's ETag: a commit is refused if someone else has committed since.</param>
/// <param name="LastHash">The hash of the last event in the timeline.</param>
internal sealed record Stored<TState>(string Partition, TState State, int Version, ETag Tag, string LastHash)
{
    /// <summary>The events of earlier commits that are not published yet, in order.</summary>
    public IReadOnlyList<GatewayEvent> Outbox { get; init; } = [];

    /// <summary>The rows of the aggregate's kind as read, followed by those that a commit has added.</summary>
    public IReadOnlyList<TableEntity> Parts { get; init; } = [];

    /// <summary>The span that created the aggregate; null if it was not traced. See <see cref="Telemetry.InvoiceTrace"/>.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>An event to commit, with the state after it and its ledger postings.</summary>
internal sealed record Committed<TState, TEvent>(int Version, TEvent Event, TState After, IReadOnlyList<Posting> Postings);

/// <summary>An event as stored; <paramref name="Hash"/> covers <paramref name="Text"/>.</summary>
internal sealed record TimelineRow<TEvent>(int Version, TEvent Event, string Text, string Hash);
