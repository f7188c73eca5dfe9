using System.Globalization;
using System.Text;
using Azure;
using Azure.Data.Tables;
using CoinPay.Testing.Storage.Tables;

namespace CoinPay.Testing.Storage.Direct;

/// <summary>Entity-group transactions as the client expresses them.</summary>
internal static class DirectTransaction
{
    private const int MaxBytes = 4 * 1024 * 1024;
    private const int MaxBytesPerCharacter = 3;
    private const string FailedIndex = "FailedEntity";

    public static TableRequest Read(string table, IEnumerable<TableTransactionAction> actions)
    {
        RowChange[] changes = [.. actions.Select(Change)];
        if (changes.Length == 0)
            throw new InvalidOperationException("A transaction needs an action.");
        if (Length(changes, text => text.Length * MaxBytesPerCharacter) > MaxBytes && Length(changes, Encoding.UTF8.GetByteCount) > MaxBytes)
            throw DirectAnswers.Failed(StorageRefusal.BodyTooLarge());
        return new(StorageAction.Transaction, table, changes[0].Partition) { Changes = changes };
    }

    /// <summary>The client's exception, which reads the refused row from the message.</summary>
    public static TableTransactionFailedException Failed(StorageRefusal refusal)
    {
        RequestFailedException failed = DirectAnswers.Failed(refusal);
        if (refusal.Index is { } index)
            failed.Data[FailedIndex] = index.ToString(CultureInfo.InvariantCulture);
        return new(failed);
    }

    private static RowChange Change(TableTransactionAction action) => action.ActionType switch
    {
        TableTransactionActionType.Add => DirectEntity.Change(StorageAction.InsertEntity, action.Entity, null),
        TableTransactionActionType.UpsertMerge => DirectEntity.Change(StorageAction.UpsertMerge, action.Entity, null),
        TableTransactionActionType.UpsertReplace => DirectEntity.Change(StorageAction.UpsertReplace, action.Entity, null),
        TableTransactionActionType.UpdateMerge => DirectEntity.Change(StorageAction.UpdateMerge, action.Entity, action.ETag),
        TableTransactionActionType.UpdateReplace => DirectEntity.Change(StorageAction.UpdateReplace, action.Entity, action.ETag),
        TableTransactionActionType.Delete => DirectEntity.Change(StorageAction.DeleteEntity, action.Entity, action.ETag),
        _ => throw new NotSupportedException($"A transaction has no {action.ActionType}."),
    };

    /// <summary>About the bytes of the body: what is beside the values counts little against a limit of mebibytes.</summary>
    private static long Length(RowChange[] changes, Func<string, int> lengthOf) => changes.Sum(change =>
        change.Properties.Sum(property => (long)property.Key.Length + property.Value switch
        {
            string text => lengthOf(text),
            byte[] bytes => bytes.Length * 4L / 3,
            _ => sizeof(long),
        }));
}
