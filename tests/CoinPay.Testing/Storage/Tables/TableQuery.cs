namespace CoinPay.Testing.Storage.Tables;

/// <summary>A query: which rows, and the page size.</summary>
/// <param name="Top">1 to <see cref="PageRows"/>.</param>
internal sealed record TableQuery(Filter? Filter, KeyRange Range, int Top)
{
    /// <summary>The maximum number of rows in a page.</summary>
    public const int PageRows = 1000;

    /// <summary>Parses a filter; refuses an invalid one.</summary>
    public static TableQuery Of(string? text, int top)
    {
        Filter? filter = FilterParser.Parse(text);
        return new(filter, KeyRange.Of(filter), top);
    }

    /// <summary>Returns the rows of a page, from these keys on if given, and the first row of the next page.</summary>
    public (IReadOnlyList<Row> Rows, Row? Next) Page(MemoryTable table, string? partition, string? key)
    {
        List<Row> page = [.. table.From(partition ?? Range.FromPartition, key ?? Range.FromKey)
            .TakeWhile(row => !Range.IsPast(row))
            .Where(row => Filter is null || Filter.Fits(row))
            .Take(Top + 1)];
        if (page.Count <= Top)
            return (page, null);
        Row next = page[Top];
        page.RemoveAt(Top);
        return (page, next);
    }
}
