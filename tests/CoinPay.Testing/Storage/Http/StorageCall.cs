namespace CoinPay.Testing.Storage.Http;

/// <summary>A request taken apart: the path below the account in segments as sent, the query unescaped.</summary>
internal sealed record StorageCall(
    string Method,
    IReadOnlyList<string> Path,
    IReadOnlyDictionary<string, string> Query,
    HeaderLines Headers,
    ReadOnlyMemory<byte> Body)
{
    public static StorageCall Of(
        string method, string host, string path, string query, HeaderLines headers, ReadOnlyMemory<byte> body)
    {
        // An emulator's address has the account as its first segment: its host is a number or this machine.
        bool hasAccount = host == "localhost" || Uri.CheckHostName(host) is UriHostNameType.IPv4 or UriHostNameType.IPv6;
        string[] segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return new(method, hasAccount ? segments[1..] : segments, ReadQuery(query), headers, body);
    }

    /// <summary>A whole number of the query within limits; <paramref name="missing"/> when it is not there.</summary>
    public int Number(string name, int missing, int least, int most)
    {
        if (!Query.TryGetValue(name, out string? text))
            return missing;
        return int.TryParse(text, out int value) && value >= least && value <= most
            ? value
            : throw StorageRefusal.OutOfRangeParameter(name);
    }

    private static Dictionary<string, string> ReadQuery(string query)
    {
        Dictionary<string, string> read = new(StringComparer.Ordinal);
        foreach (string pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? pair : pair[..equals];
            string value = equals < 0 ? string.Empty : pair[(equals + 1)..];
            read[Uri.UnescapeDataString(name)] = Uri.UnescapeDataString(value);
        }
        return read;
    }
}

/// <summary>What to answer: status, headers, body.</summary>
internal sealed record StorageAnswer(
    int Status, IReadOnlyList<(string Name, string Value)> Headers, ReadOnlyMemory<byte> Body)
{
    public static StorageAnswer Empty(int status, params (string Name, string Value)[] headers) =>
        new(status, headers, default);
}

/// <summary>A request understood: its effect, for under the account's lock, and how a refusal is written down.</summary>
internal sealed record StorageWork(
    StorageOperation Operation, Func<StorageAnswer> Effect, Func<StorageRefusal, StorageAnswer> Refused);
