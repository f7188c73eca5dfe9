using CoinPay.Testing.Hub;
using CoinPay.Testing.Storage;

namespace CoinPay.Simulation.Runtime;

/// <summary>Every storage operation of a run, as a hash over all and the text of the last ones. Two runs of a seed give the same.</summary>
internal sealed class OperationLog(int kept)
{
    private const int GuidLength = 32;
    private readonly Queue<string> _last = new();
    private ulong _hash = 14695981039346656037;

    public long Count { get; private set; }

    public string Hash => _hash.ToString("x16");

    public IEnumerable<string> Last => _last;

    public void Add(StorageOperation operation, DateTimeOffset at)
    {
        Count++;
        // Execution ids and the like are random and lead to nothing.
        string key = WithoutGuid(operation.Key);
        string rows = string.Join(',', operation.Rows.Select(row => WithoutGuid(row.Row)));
        string partition = operation.Partition?.StartsWith("apikey", StringComparison.Ordinal) == true ? "apikey" : operation.Partition ?? "";
        Add($"{at:HH:mm:ss.fff} {operation.Action} {operation.Container} {partition} {key}{rows} {operation.Status}");
    }

    public void Add(HubOperation operation, DateTimeOffset at)
    {
        Count++;
        Add($"{at:HH:mm:ss.fff} hub {operation.Action} {operation.InstanceId}");
    }

    /// <summary>The simulation's actions.</summary>
    public void Note(string text) => Add("-- " + text);

    private void Add(string line)
    {
        foreach (char c in line)
            _hash = (_hash ^ c) * 1099511628211;
        if (_last.Count == kept)
            _last.Dequeue();
        _last.Enqueue(line);
    }

    private static string WithoutGuid(string? key) =>
        key is { Length: > GuidLength } && !key.AsSpan(key.Length - GuidLength).ContainsAnyExcept("0123456789abcdef") && key[^(GuidLength + 1)] == '!'
            ? key[..^GuidLength]
            : key ?? "";
}
