namespace CoinPay.Testing.Storage.Tables;

/// <summary>The inclusive key range in which a filter can match rows: a query reads nothing else.</summary>
internal sealed record KeyRange(string FromPartition, string FromKey, string? ToPartition, string? ToKey)
{
    public static KeyRange Of(Filter? filter)
    {
        List<Comparison> all = [.. Conjuncts(filter)];
        (string? from, string? to) = Bounds(all, "PartitionKey");
        if (from is null || from != to)
            return new(from ?? string.Empty, string.Empty, to, null);
        (string? fromKey, string? toKey) = Bounds(all, "RowKey");
        return new(from, fromKey ?? string.Empty, to, toKey);
    }

    public bool IsPast(Row row)
    {
        if (ToPartition is null)
            return false;
        int order = string.CompareOrdinal(row.Partition, ToPartition);
        return order > 0 || (order == 0 && ToKey is not null && string.CompareOrdinal(row.Key, ToKey) > 0);
    }

    private static IEnumerable<Comparison> Conjuncts(Filter? filter) => filter switch
    {
        Both both => Conjuncts(both.Left).Concat(Conjuncts(both.Right)),
        Comparison comparison => [comparison],
        _ => [],
    };

    private static (string? From, string? To) Bounds(List<Comparison> all, string name)
    {
        string? from = null, to = null;
        foreach (Comparison one in all)
        {
            if (one.Property != name || one.Value is not string bound)
                continue;
            if (one.Operator is "eq" or "ge" or "gt" && (from is null || string.CompareOrdinal(bound, from) > 0))
                from = bound;
            if (one.Operator is "eq" or "le" or "lt" && (to is null || string.CompareOrdinal(bound, to) < 0))
                to = bound;
        }
        return (from, to);
    }
}
