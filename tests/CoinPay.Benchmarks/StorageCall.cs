namespace CoinPay.Benchmarks;

/// <summary>One request to storage, named as its price list does: where, and what kind.</summary>
/// <param name="Service"><c>Table</c>, <c>Queue</c> or <c>Blob</c>.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">Without the account.</param>
/// <param name="Query">Unescaped.</param>
/// <param name="Body">What was sent.</param>
/// <param name="Answer">What came back.</param>
internal sealed record StorageCall(string Service, string Method, string Path, string Query, string Body, string Answer)
{
    /// <summary>The table, queue or container.</summary>
    public string Place => Service switch
    {
        "Table" when IsTransaction => WordAfter(StorageCounter.Account, Body),
        "Table" => Path.Split('(')[0],
        _ => Path.Split('/')[0],
    };

    /// <summary>Who asks: the hub's tables, queues and containers begin with its name, the WebJobs SDK's container is its own.</summary>
    public StorageOwner Owner =>
        Service == "Blob" && Place.StartsWith("azure-webjobs", StringComparison.Ordinal) ? StorageOwner.Host
        : Place.StartsWith("coinpay", StringComparison.OrdinalIgnoreCase) || Place.StartsWith("bench", StringComparison.OrdinalIgnoreCase)
            ? StorageOwner.Durable
        : StorageOwner.App;

    public string Kind => Service switch
    {
        "Table" => (Method, Path) switch
        {
            (_, "$batch") => "transaction",
            ("GET", var path) => path.EndsWith("()", StringComparison.Ordinal) ? "query" : "point read",
            ("POST", _) => "insert",
            ("DELETE", _) => "delete",
            _ => "update",
        },
        "Queue" => (Method, Path.Split('/').Length) switch
        {
            ("POST", _) => "put",
            ("GET", _) => IsEmptyReceive ? "receive, empty" : "receive",
            ("DELETE", 3) => "delete",
            ("PUT", 3) => "update",
            _ => "create",
        },
        _ => (Method + " " + WordAfter("comp=", Query)).TrimEnd(),
    };

    public bool IsEmptyReceive =>
        Service == "Queue" && Method == "GET" && !Answer.Contains("<QueueMessage>", StringComparison.Ordinal);

    private bool IsTransaction => Path == "$batch";

    /// <summary>Whether what was sent, keys included, holds this text.</summary>
    public bool Names(string text) =>
        Path.Contains(text, StringComparison.Ordinal) || Query.Contains(text, StringComparison.Ordinal)
        || Body.Contains(text, StringComparison.Ordinal);

    private static string WordAfter(string mark, string text)
    {
        int from = text.IndexOf(mark, StringComparison.Ordinal);
        return from < 0 ? string.Empty : string.Concat(text.Skip(from + mark.Length).TakeWhile(char.IsLetterOrDigit));
    }
}

/// <summary>Whose a request to storage is: the gateway's own, the Durable Task backend's, or the host's for its timers.</summary>
internal enum StorageOwner
{
    App,
    Durable,
    Host,
}
