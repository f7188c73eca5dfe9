using Azure;
using Azure.Data.Tables;
using CoinPay.Testing.Storage.Tables;

namespace CoinPay.Testing.Storage.Direct;

/// <summary>Converts entities to rows and back, with the protocol's types only.</summary>
internal static class DirectEntity
{
    /// <summary>A write of one row; <paramref name="ifMatch"/> where it has a condition, any row where that is empty.</summary>
    public static RowChange Change(StorageAction action, ITableEntity entity, ETag? ifMatch)
    {
        if (entity is not TableEntity values)
            throw new NotSupportedException($"{entity.GetType()} is not stored in memory: only TableEntity.");
        Dictionary<string, object> properties = new(values.Count, StringComparer.Ordinal);
        if (action != StorageAction.DeleteEntity)
            foreach ((string name, object? value) in values)
                if (value is not null && name is not ("PartitionKey" or "RowKey" or "Timestamp" or "odata.etag"))
                    properties[name] = Stored(name, value);
        string? condition = ifMatch is { } tag ? (tag == default ? ETag.All : tag).ToString() : null;
        return new(action, entity.PartitionKey, entity.RowKey, properties, condition);
    }

    public static T Read<T>(Row row, IEnumerable<string>? select)
    {
        TableEntity entity = new(row.Partition, row.Key) { ETag = new(row.ETag), Timestamp = row.Timestamp };
        HashSet<string>? wanted = select is null ? null : [.. select];
        foreach ((string name, object value) in row.Properties)
            if (wanted is null || wanted.Contains(name))
                entity[name] = value;
        return entity is T asked ? asked : throw new NotSupportedException($"{typeof(T)} is not read from memory: only TableEntity.");
    }

    private static object Stored(string name, object value) => value switch
    {
        string or bool or int or long or double or Guid => value,
        byte[] bytes => bytes.Clone(),
        BinaryData data => data.ToArray(),
        DateTimeOffset instant => instant.ToUniversalTime(),
        DateTime instant => new DateTimeOffset(instant.ToUniversalTime()),
        _ => throw new NotSupportedException($"{name} is {value.GetType()}, which no table holds."),
    };
}
