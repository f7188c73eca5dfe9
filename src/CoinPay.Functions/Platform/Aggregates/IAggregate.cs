using Azure.Data.Tables;
using CoinPay.Core;

namespace CoinPay.Functions.Platform.Aggregates;

/// <summary>A kind of aggregate: how Core folds and books it, and which rows it has in addition to the common ones.</summary>
internal interface IAggregate<TState, TEvent>
{
    TState Evolve(TState? state, TEvent happened);

    /// <summary>Returns the ledger lines for the change from one state to the next.</summary>
    IReadOnlyList<Posting> Post(TState? before, TState after);

    /// <summary>Writes to the snapshot's row what is read or searched without the parts.</summary>
    void WriteSnapshot(TableEntity snapshot, TState state);

    /// <summary>Reads the state from its snapshot and parts. Throws on a part of an unknown kind.</summary>
    TState Read(TableEntity snapshot, IEnumerable<TableEntity> parts);

    /// <summary>Returns the parts that differ between two states.</summary>
    IEnumerable<TableEntity> ChangedParts(string partition, TState? before, TState after);
}
