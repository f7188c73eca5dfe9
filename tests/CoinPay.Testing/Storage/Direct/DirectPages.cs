using Azure;
using CoinPay.Testing.Storage.Tables;

namespace CoinPay.Testing.Storage.Direct;

/// <summary>A query's pages, each read on demand.</summary>
internal sealed class DirectPages<T>(Func<string?, int?, Task<(IReadOnlyList<T> Rows, string? Continuation)>> read) : AsyncPageable<T>
    where T : notnull
{
    public override async IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = null, int? pageSizeHint = null)
    {
        do
        {
            (IReadOnlyList<T> rows, string? next) = await read(continuationToken, pageSizeHint);
            yield return Page<T>.FromValues(rows, next, new DirectResponse(200, null));
            continuationToken = next;
        }
        while (continuationToken is not null);
    }
}

/// <summary>Queries as the client expresses them.</summary>
internal static class DirectQuery
{
    private const char Between = ' ';

    public static TableRequest Read(string table, string? filter, int? top, string? continuation)
    {
        try
        {
            int most = top ?? TableQuery.PageRows;
            if (most is < 1 or > TableQuery.PageRows)
                throw StorageRefusal.OutOfRangeParameter("$top");
            return new(StorageAction.QueryEntities, table) { Query = TableQuery.Of(filter, most), From = From(continuation) };
        }
        catch (StorageRefusal refusal)
        {
            throw DirectAnswers.Failed(refusal);
        }
    }

    public static string? Continuation(Row? next) =>
        next is null ? null : ContinuationKey.Write(next.Partition) + Between + ContinuationKey.Write(next.Key);

    private static (string Partition, string Key)? From(string? continuation) =>
        string.IsNullOrEmpty(continuation) ? null
        : continuation.Split(Between) is [{ } partition, { } key] ? (ContinuationKey.Read(partition), ContinuationKey.Read(key))
        : throw StorageRefusal.InvalidInput("The continuation is none of this table's.");
}
