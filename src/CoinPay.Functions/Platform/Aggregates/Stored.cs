using Azure;
using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Platform.Events;

namespace CoinPay.Functions.Platform.Aggregates;

/// <summary>An aggregate as its partition holds it, with what a commit on top of it needs.</summary>
/// <param name="Partition">Its partition, which is all it has.</param>
/// <param name="State">The state, parts included.</param>
/// <param name="Version">How many events led to it.</param>
/// <param name="Tag">The snapshot's tag: the commit is refused when somebody else committed since.</param>
/// <param name="LastHash">Hash of the last event of the timeline.</param>
internal sealed record Stored<TState>(string Partition, TState State, int Version, ETag Tag, string LastHash)
{
    /// <summary>What earlier commits have yet to tell, in order.</summary>
    public IReadOnlyList<GatewayEvent> Outbox { get; init; } = [];

    /// <summary>Rows of its own kind, as they were read; those that a commit has added come after.</summary>
    public IReadOnlyList<TableEntity> Parts { get; init; } = [];

    /// <summary>The span it was made in; null where nobody traced that. See <see cref="Telemetry.InvoiceTrace"/>.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>An event that is being committed, with the state after it and what it does to the books.</summary>
internal sealed record Committed<TState, TEvent>(int Version, TEvent Event, TState After, IReadOnlyList<Posting> Postings);

/// <summary>An event as stored: <paramref name="Text"/> is what <paramref name="Hash"/> covers.</summary>
internal sealed record TimelineRow<TEvent>(int Version, TEvent Event, string Text, string Hash);
