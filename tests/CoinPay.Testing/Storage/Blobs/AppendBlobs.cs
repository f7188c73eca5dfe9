using System.Text;
using Azure.Storage.Blobs;
using CoinPay.Testing.Storage.Http;

namespace CoinPay.Testing.Storage.Blobs;

/// <summary>
/// Append blobs in memory, of containers with an immutability policy that allows appending: nothing is changed or deleted.
/// As much of the REST protocol as the audit archive uses.
/// Source: https://learn.microsoft.com/rest/api/storageservices/append-block
/// </summary>
internal sealed class AppendBlobs
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _containers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<string>> _blobs = new(StringComparer.Ordinal);

    /// <summary>The number of lines that a blob takes.</summary>
    public int MaxBlocks { get; set; } = 50_000;

    /// <summary>Called before each effect; it may throw, or never end.</summary>
    public Func<Task> Before { get; set; } = static () => Task.CompletedTask;

    /// <summary>The blobs and their lines.</summary>
    public IReadOnlyList<(string Blob, string Text)> All
    {
        get
        {
            lock (_gate)
                return [.. _blobs.SelectMany(blob => blob.Value.Select(text => (blob.Key, text)))];
        }
    }

    public BlobServiceClient Service() => new(MemoryStorage.ConnectionString, new BlobClientOptions
    {
        Transport = new MemoryTransport(Read, RunAsync),
        Retry = { MaxRetries = 0 },
    });

    private async ValueTask<StorageAnswer> RunAsync(StorageWork work)
    {
        await Before();
        lock (_gate)
            return work.Effect();
    }

    private StorageWork Read(StorageCall call)
    {
        // The names of blobs contain slashes, sent as they are or escaped.
        string blob = Uri.UnescapeDataString(string.Join('/', call.Path));
        return new(
            new(0, StorageAction.Malformed, call.Path[0], null, blob, []),
            (call.Method, call.Path.Count, call.Query.GetValueOrDefault("comp")) switch
            {
                ("PUT", 1, _) => () => _containers.Add(blob) ? Made() : Refused(409, "ContainerAlreadyExists"),
                ("PUT", _, null) => () => !_containers.Contains(call.Path[0]) ? Refused(404, "ContainerNotFound")
                    : _blobs.TryAdd(blob, []) ? Made() : Refused(409, "BlobAlreadyExists"),
                ("PUT", _, "appendblock") => () => Append(call.Path[0], blob, call.Body),
                _ => () => Refused(409, "BlobImmutableDueToPolicy"),
            },
            refusal => Refused(refusal.Status, refusal.Code));
    }

    private StorageAnswer Append(string container, string blob, ReadOnlyMemory<byte> body)
    {
        if (!_containers.Contains(container))
            return Refused(404, "ContainerNotFound");
        if (!_blobs.TryGetValue(blob, out List<string>? lines))
            return Refused(404, "BlobNotFound");
        if (lines.Count >= MaxBlocks)
            return Refused(409, "BlockCountExceedsLimit");
        lines.Add(Encoding.UTF8.GetString(body.Span));
        return Made(("x-ms-blob-append-offset", "0"), ("x-ms-blob-committed-block-count", $"{lines.Count}"));
    }

    private static StorageAnswer Made(params (string Name, string Value)[] headers) => StorageAnswer.Empty(
        201, [("ETag", "\"1\""), ("Last-Modified", DateTimeOffset.UnixEpoch.ToString("R")), .. headers]);

    private static StorageAnswer Refused(int status, string code) => StorageAnswer.Empty(status, ("x-ms-error-code", code));
}
