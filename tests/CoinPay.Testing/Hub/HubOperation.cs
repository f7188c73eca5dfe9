namespace CoinPay.Testing.Hub;

/// <summary>One storage request of the hub, in the order in which a turn, an activity or a client makes them.</summary>
internal enum HubAction
{
    /// <summary>A client reads an instance's row.</summary>
    ReadRow,

    /// <summary>A client inserts the row of a new execution.</summary>
    InsertRow,

    /// <summary>A turn reads the history.</summary>
    ReadHistory,

    /// <summary>A message is put into a queue: always before the history that explains it.</summary>
    Send,

    /// <summary>A turn's checkpoint.</summary>
    CommitHistory,

    /// <summary>The row follows the checkpoint.</summary>
    UpdateRow,

    /// <summary>A message that was worked off goes; what is not deleted comes again.</summary>
    DeleteMessage,

    /// <summary>A message is put back for later.</summary>
    ReleaseMessage,

    /// <summary>An instance is removed with its history.</summary>
    Purge,

    /// <summary>A client asks for many instances.</summary>
    Query,
}

/// <summary>A storage request of the hub on behalf of one instance; a query is for none.</summary>
internal readonly record struct HubOperation(HubAction Action, string InstanceId);
