namespace CoinPay.Testing.Storage.Tables;

/// <summary>A stored entity. Immutable: a write creates a new one with a new ETag.</summary>
internal sealed record Row(
    string Partition, string Key, IReadOnlyDictionary<string, object> Properties, string ETag, DateTimeOffset Timestamp)
{
    /// <summary>By partition key, then row key, each by UTF-16 code unit: the service's only order.</summary>
    public static readonly IComparer<Row> Order = Comparer<Row>.Create((a, b) =>
        string.CompareOrdinal(a.Partition, b.Partition) is not 0 and var order
            ? order
            : string.CompareOrdinal(a.Key, b.Key));

    /// <summary>A row used as a search key.</summary>
    public static Row At(string partition, string key) => new(partition, key, NoProperties, string.Empty, default);

    /// <summary>Returns a property or system property, or null if the entity has none with that name.</summary>
    public object? Value(string name) => name switch
    {
        "PartitionKey" => Partition,
        "RowKey" => Key,
        "Timestamp" => Timestamp,
        _ => Properties.GetValueOrDefault(name),
    };

    private static readonly IReadOnlyDictionary<string, object> NoProperties = new Dictionary<string, object>();
}

/// <summary>One requested write to one row.</summary>
/// <param name="IfMatch">The ETag that the stored row must have; <c>*</c> for any, null for an insert or upsert.</param>
internal sealed record RowChange(
    StorageAction Action, string Partition, string Key, IReadOnlyDictionary<string, object> Properties, string? IfMatch);
