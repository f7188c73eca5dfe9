namespace CoinPay.Testing.Storage.Http;

/// <summary>A parsed request: the segments of the path below the account as sent, and the unescaped query.</summary>
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

    /// <summary>Returns a whole number from the query, within limits, or <paramref name="missing"/> if it is absent.</summary>
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

/// <summary>A response: status, headers, body.</summary>
internal sealed record StorageAnswer(
    int Status, IReadOnlyList<(string Name, string Value)> Headers, ReadOnlyMemory<byte> Body)
{
    public static StorageAnswer Empty(int status, params (string Name, string Value)[] headers) =>
        new(status, headers, default);
}

/// <summary>A parsed request: its effect, which runs under the account's lock, and how to write a refusal.</summary>
internal sealed record StorageWork(
    StorageOperation Operation, Func<StorageAnswer> Effect, Func<StorageRefusal, StorageAnswer> Refused);
