using Azure.Data.Tables;
using CoinPay.Core;

namespace CoinPay.Functions.Platform.Aggregates;

/// <summary>A kind of aggregate: how Core folds and books it, and which rows it has beside those that all have.</summary>
internal interface IAggregate<TState, TEvent>
{
    TState Evolve(TState? state, TEvent happened);

    /// <summary>The lines of the ledger that lead from one state to the next.</summary>
    IReadOnlyList<Posting> Post(TState? before, TState after);

    /// <summary>Puts into the snapshot's row what is read or searched there without the parts.</summary>
    void WriteSnapshot(TableEntity snapshot, TState state);

    /// <summary>The state from its snapshot and its parts; throws on a part of an unknown kind.</summary>
    TState Read(TableEntity snapshot, IEnumerable<TableEntity> parts);

    /// <summary>The parts that differ between two states.</summary>
    IEnumerable<TableEntity> ChangedParts(string partition, TState? before, TState after);
}
