using Azure.Data.Tables;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Webhooks.Endpoints;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>
/// Runs replays, one batch per message. An interrupted batch is repeated and starts no delivery twice; the sweeper
/// replaces a lost message, using the replay's pointer.
/// </summary>
internal sealed class ReplayRun(
    Tables tables, EndpointStore endpoints, Redelivery redelivery, DueWork due, DeliveryQueue queue, TimeProvider clock)
{
    /// <summary>Events looked at in one batch.</summary>
    public const int BatchSize = 100;

    /// <summary>The time between batches, so that the endpoint can keep up and new events are not held up.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);

    private const int AtOnce = 16;

    /// <summary>Stores the replay and queues its first message; throws a 409 problem if another one is running.</summary>
    public async Task<Replay> StartAsync(
        string merchantId, string endpointId, Replay wanted, CancellationToken cancellation)
    {
        ReplayAddress address = new(merchantId, endpointId, wanted.Id);
        await due.PointAsync(address.ToString(), clock.GetUtcNow(), cancellation);
        WebhookEndpoint changed = await endpoints.ChangeAsync(
            merchantId,
            endpointId,
            stored => stored.Replay switch
            {
                { } same when same.Id == wanted.Id => stored,
                { Status: ReplayStatus.Running } => throw new ProblemException(Problems.ReplayRunning),
                _ => stored with { Replay = wanted },
            },
            cancellation) ?? throw new ProblemException(Problems.NotFound("webhook endpoint"));
        await queue.SendAsync(address, TimeSpan.Zero, cancellation);
        return changed.Replay!;
    }

    /// <summary>Runs the next batch if the replay is still running.</summary>
    public async Task HandleAsync(ReplayAddress address, CancellationToken cancellation)
    {
        WebhookEndpoint? endpoint = await endpoints.ReadAsync(address.MerchantId, address.EndpointId, cancellation);
        if (endpoint?.Replay is not { Status: ReplayStatus.Running } replay || replay.Id != address.ReplayId)
        {
            await due.ForgetAsync(address.ToString(), cancellation);
            return;
        }
        Replay after = endpoint.DisabledAt is null
            ? await RunBatchAsync(endpoint, replay, cancellation)
            : replay with { Status = ReplayStatus.Cancelled, FinishedAt = clock.GetUtcNow() };
        bool mine = false;
        await endpoints.ChangeAsync(
            address.MerchantId,
            address.EndpointId,
            stored => (mine = stored.Replay == replay) ? stored with { Replay = after } : stored,
            cancellation);
        if (after.Status != ReplayStatus.Running)
            await due.ForgetAsync(address.ToString(), cancellation);
        else if (mine)
            await GoOnAsync(address, cancellation);
    }

    private async Task GoOnAsync(ReplayAddress address, CancellationToken cancellation)
    {
        await due.PointAsync(address.ToString(), clock.GetUtcNow() + Pace, cancellation);
        await queue.SendAsync(address, Pace, cancellation);
    }

    private async Task<Replay> RunBatchAsync(WebhookEndpoint endpoint, Replay replay, CancellationToken cancellation)
    {
        // Rows are newest first; ids contain the time to the millisecond.
        string first = replay.After ?? RowAt(replay.Until.AddMilliseconds(1));
        string[] conditions =
        [
            TableClient.CreateQueryFilter($"RowKey le {RowAt(replay.Since)}"),
            TableClient.CreateQueryFilter($"Livemode eq {endpoint.Livemode}"),
        ];
        (IReadOnlyList<TableEntity> rows, string? last) = await tables.Events.PageAsync(
            endpoint.MerchantId, new(BatchSize, first), cancellation, conditions: conditions);
        List<TableEntity> taken = [.. rows.Where(row => endpoint.Takes(row.GetString("Type")))];
        await Parallel.ForEachAsync(
            taken,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (row, token) => await redelivery.RestartAsync(
                row.GetString("EventId"), row.GetString("Subject"), endpoint, replay.Id, token));
        Replay done = replay with { Events = replay.Events + taken.Count, After = last };
        return last is null ? done with { Status = ReplayStatus.Finished, FinishedAt = clock.GetUtcNow() } : done;
    }

    /// <summary>Returns the row key that separates events from this instant on (below it) from earlier ones (above it).</summary>
    private static string RowAt(DateTimeOffset at) =>
        Id.NewestFirst("evt_" + Id.TimePrefix(at) + new string('0', 16));
}
