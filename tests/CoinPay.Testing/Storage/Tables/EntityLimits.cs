using System.Text;

namespace CoinPay.Testing.Storage.Tables;

/// <summary>
/// Limits on the size of an entity and the content of its keys.
/// Source: https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
/// </summary>
internal static class EntityLimits
{
    private const int MaxKeyCharacters = 1024;
    private const int MaxProperties = 252;
    private const int MaxNameCharacters = 255;
    private const int MaxPropertyBytes = 64 * 1024;
    private const int MaxEntityBytes = 1024 * 1024;
    private const int EntityOverhead = 4;
    private const int PropertyOverhead = 8;
    private const int LengthBytes = 4;
    private static readonly DateTimeOffset Earliest = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Refuses an entity that the service would refuse.</summary>
    public static void Check(Row row)
    {
        CheckKey(row.Partition);
        CheckKey(row.Key);
        if (row.Properties.Count > MaxProperties)
            throw new StorageRefusal(400, "TooManyProperties", "The entity contains more properties than allowed.");
        int size = EntityOverhead + Encoding.Unicode.GetByteCount(row.Partition) + Encoding.Unicode.GetByteCount(row.Key);
        foreach ((string name, object value) in row.Properties)
            size += Size(name, value);
        if (size > MaxEntityBytes)
            throw new StorageRefusal(400, "EntityTooLarge", "The entity is larger than the maximum size permitted.");
    }

    private static void CheckKey(string key)
    {
        if (key.Length > MaxKeyCharacters)
            throw new StorageRefusal(400, "KeyValueTooLarge", "The specified key value is too large.");
        foreach (char c in key)
            if (c is '/' or '\\' or '#' or '?' || char.IsControl(c))
                throw StorageRefusal.OutOfRange($"The key '{key}' is out of range.");
    }

    private static int Size(string name, object value)
    {
        if (name.Length > MaxNameCharacters)
            throw new StorageRefusal(400, "PropertyNameTooLong", "The property name exceeds the maximum allowed length.");
        if (value is DateTimeOffset instant && instant < Earliest)
            throw StorageRefusal.OutOfRange($"The time {name} is out of range.");
        int bytes = value switch
        {
            string text => Encoding.Unicode.GetByteCount(text),
            byte[] binary => binary.Length,
            bool => 1,
            int => 4,
            Guid => 16,
            _ => 8,
        };
        if (bytes > MaxPropertyBytes)
            throw new StorageRefusal(400, "PropertyValueTooLarge", $"The value of {name} is larger than 64 KiB.");
        return PropertyOverhead + Encoding.Unicode.GetByteCount(name) + bytes + (value is string or byte[]? LengthBytes : 0);
    }
}
