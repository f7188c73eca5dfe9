namespace CoinPay.Testing.Storage;

/// <summary>What one request to storage does.</summary>
internal enum StorageAction
{
    CreateTable, DeleteTable, QueryTables,
    InsertEntity, UpsertMerge, UpsertReplace, UpdateMerge, UpdateReplace, DeleteEntity, Transaction,
    GetEntity, QueryEntities,
    CreateQueue, DeleteQueue, ListQueues, GetQueueProperties,
    PutMessage, GetMessages, PeekMessages, UpdateMessage, DeleteMessage, ClearMessages,

    /// <summary>An invalid request: refused as soon as it is read.</summary>
    Malformed,
}

/// <summary>
/// One request as a fault hook sees it: the <see cref="Number"/> counts the requests of the account from 1, so that a
/// run can be stopped at exactly this one again.
/// </summary>
/// <param name="Container">The table or queue; empty when listing them.</param>
/// <param name="Partition">The partition key, if the request names one.</param>
/// <param name="Key">The row key, or the message's id.</param>
/// <param name="Rows">The operations of a transaction, row by row; empty for any other request.</param>
/// <param name="Status">The HTTP status, known to the hook after the effect; 0 before.</param>
internal sealed record StorageOperation(
    long Number,
    StorageAction Action,
    string Container,
    string? Partition,
    string? Key,
    IReadOnlyList<RowOperation> Rows,
    int Status = 0)
{
    /// <summary>Whether the request changes storage if it succeeds.</summary>
    public bool Writes => Action is not (StorageAction.GetEntity or StorageAction.QueryEntities or StorageAction.QueryTables
        or StorageAction.ListQueues or StorageAction.GetQueueProperties or StorageAction.PeekMessages
        or StorageAction.Malformed);
}

/// <summary>One row of an entity-group transaction.</summary>
internal sealed record RowOperation(StorageAction Action, string Partition, string Row);
