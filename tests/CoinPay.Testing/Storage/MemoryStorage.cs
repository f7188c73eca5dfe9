using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Queues;
using CoinPay.Testing.Storage.Direct;
using CoinPay.Testing.Storage.Http;
using CoinPay.Testing.Storage.Queues;
using CoinPay.Testing.Storage.Tables;

namespace CoinPay.Testing.Storage;

/// <summary>
/// A storage account in memory: tables and queues that implement the REST protocol in process, so that the published
/// clients run on it unchanged. Deterministic: message ids, pop receipts and ETags are counters, the only clock is
/// <paramref name="time"/>, one lock orders the effects, and a call is complete when it returns unless a hook waits.
/// Not implemented: authentication, queue metadata, blobs, and the 30 to 40 s in which a deleted name cannot be used again.
/// </summary>
internal sealed class MemoryStorage(TimeProvider time)
{
    /// <summary>For clients created with <see cref="Tables"/> or <see cref="Queues"/>: nothing leaves the process.</summary>
    public const string ConnectionString =
        "DefaultEndpointsProtocol=https;AccountName=memory;AccountKey=bWVtb3J5;EndpointSuffix=core.windows.net";

    private readonly Lock _gate = new();
    private readonly TableAccount _tables = new(time);
    private readonly QueueAccount _queues = new(time);
    private long _operations;

    /// <summary>
    /// Called before each request's effect. It may throw, and nothing has happened; or wait, and others go first. What
    /// it throws reaches the caller as it is, but for an <see cref="IOException"/>, which the clients first retry,
    /// waiting in real time.
    /// </summary>
    public Func<StorageOperation, ValueTask>? Before { get; set; }

    /// <summary>
    /// Called after each request's effect, refusals included. It may throw: all has happened, and the caller does not
    /// know.
    /// </summary>
    public Func<StorageOperation, ValueTask>? After { get; set; }

    /// <summary>The transport of table clients.</summary>
    public HttpPipelineTransport Tables =>
        field ??= new MemoryTransport(call => TableEndpoint.Read(_tables, call), RunAsync);

    /// <summary>The transport of queue clients.</summary>
    public HttpPipelineTransport Queues =>
        field ??= new MemoryTransport(call => QueueEndpoint.Read(_queues, call), RunAsync);

    /// <summary>The rows, beside the protocol: nothing counts and no hook is called. Only while nobody else calls.</summary>
    public TableAccount Rows => _tables;

    /// <summary>The messages, beside the protocol as <see cref="Rows"/> are.</summary>
    public QueueAccount Messages => _queues;

    /// <summary>The number of requests to this account.</summary>
    public long Operations => Interlocked.Read(ref _operations);

    public TableServiceClient TableService() => new(ConnectionString, new TableClientOptions { Transport = Tables });

    public QueueServiceClient QueueService(QueueMessageEncoding encoding = QueueMessageEncoding.None) =>
        new(ConnectionString, new QueueClientOptions { Transport = Queues, MessageEncoding = encoding });

    /// <summary>
    /// A table client that leaves the protocol out, for those who make very many calls; <paramref name="around"/> sees
    /// each of them and passes it on.
    /// </summary>
    public TableServiceClient DirectTableService(Func<TableRequest, TableCall, ValueTask<TableAnswer>>? around = null) =>
        new DirectTables(around is null ? CallAsync : request => around(request, CallAsync));

    private async ValueTask<TableAnswer> CallAsync(TableRequest request)
    {
        StorageOperation operation = await BeginAsync(request.Operation);
        TableAnswer answer;
        lock (_gate)
            answer = request.Effect(_tables);
        await EndAsync(operation, answer.Status);
        return answer;
    }

    private async ValueTask<StorageAnswer> RunAsync(StorageWork work)
    {
        StorageOperation operation = await BeginAsync(work.Operation);
        StorageAnswer answer = Effect(work);
        await EndAsync(operation, answer.Status);
        return answer;
    }

    private async ValueTask<StorageOperation> BeginAsync(StorageOperation operation)
    {
        StorageOperation counted = operation with { Number = Interlocked.Increment(ref _operations) };
        if (Before is { } before)
            await before(counted);
        return counted;
    }

    private ValueTask EndAsync(StorageOperation operation, int status) =>
        After is { } after ? after(operation with { Status = status }) : ValueTask.CompletedTask;

    private StorageAnswer Effect(StorageWork work)
    {
        lock (_gate)
        {
            try
            {
                return work.Effect();
            }
            catch (StorageRefusal refusal)
            {
                return work.Refused(refusal);
            }
        }
    }
}
