using System.Buffers.Text;
using System.Text;
using CoinPay.Testing.Storage.Http;

namespace CoinPay.Testing.Storage.Tables;

/// <summary>
/// A path's <c>Table</c>, <c>Table()</c>, <c>Table(PartitionKey='p',RowKey='r')</c> or <c>Tables('name')</c>, the name
/// being the key then.
/// </summary>
internal sealed record EntityAddress(string Table, string? Partition, string? Key)
{
    public static EntityAddress Parse(string segment)
    {
        string text = Uri.UnescapeDataString(segment);
        int open = text.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
            return new(text, null, null);
        if (!text.EndsWith(')'))
            throw StorageRefusal.InvalidInput("A parenthesis stays open.");
        string table = text[..open], keys = text[(open + 1)..^1];
        if (keys.Length == 0)
            return new(table, null, null);
        try
        {
            int at = 0;
            return keys[0] == '\''
                ? new(table, null, Quotation.Read(keys, ref at))
                : new(table, Named(keys, "PartitionKey=", ref at), Named(keys, ",RowKey=", ref at));
        }
        catch (FormatException malformed)
        {
            throw StorageRefusal.InvalidInput(malformed.Message);
        }
    }

    private static string Named(string keys, string name, ref int at)
    {
        if (!keys.AsSpan(at).StartsWith(name))
            throw new FormatException($"{keys} lacks {name}.");
        at += name.Length;
        return Quotation.Read(keys, ref at);
    }
}

/// <summary>A key as a continuation header carries it: opaque to the client, without spaces.</summary>
internal static class ContinuationKey
{
    private const string Mark = "1!";

    public static string Write(string key) => Mark + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key));

    public static string? Read(StorageCall call, string name)
    {
        return call.Query.TryGetValue(name, out string? text) && text.Length > 0 ? Read(text) : null;
    }

    public static string Read(string text)
    {
        try
        {
            return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text.AsSpan(Mark.Length)));
        }
        catch (Exception malformed) when (malformed is FormatException or ArgumentException)
        {
            throw StorageRefusal.InvalidInput("The continuation is none of this table's.");
        }
    }
}
