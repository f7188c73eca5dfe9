using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>
/// The two queues of deliveries: <see cref="Fast"/>, and <see cref="Slow"/> for endpoints whose last attempt failed, so
/// that a dead endpoint's timeouts do not hold up the others.
/// </summary>
internal sealed class DeliveryQueue(QueueServiceClient queues)
{
    public const string Fast = "webhooks";
    public const string Slow = "webhooks-slow";

    /// <summary>
    /// The longest time a message is hidden; Azure's limit is seven days. A longer wait is split: the handler takes the
    /// message, looks at the row and puts it back.
    /// </summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromDays(6);

    private const int MaxBatch = 32;
    private static readonly TimeSpan Forever = TimeSpan.FromSeconds(-1);

    private readonly QueueClient _fast = queues.GetQueueClient(Fast);
    private readonly QueueClient _slow = queues.GetQueueClient(Slow);

    public Task SendAsync(DeliveryAddress address, bool slow, TimeSpan delay, CancellationToken cancellation) =>
        SendAsync(slow ? _slow : _fast, address.ToString(), delay, cancellation);

    /// <summary>Queues a replay's next batch.</summary>
    public Task SendAsync(ReplayAddress address, TimeSpan delay, CancellationToken cancellation) =>
        SendAsync(_slow, address.ToString(), delay, cancellation);

    /// <summary>
    /// Puts the poisoned messages of a queue back, except those that this gateway did not write. Each is sent before it
    /// is deleted: a duplicate changes nothing.
    /// </summary>
    public async IAsyncEnumerable<(string Message, bool IsOurs)> PutBackPoisonedAsync(
        string name, [EnumeratorCancellation] CancellationToken cancellation)
    {
        QueueClient poison = queues.GetQueueClient(name + StorageClients.PoisonSuffix);
        while (await TakeAsync(poison, cancellation) is { Length: > 0 } batch)
            foreach (QueueMessage message in batch)
            {
                string text = message.Body.ToString();
                bool isOurs = DeliveryAddress.Parse(text) is not null || ReplayAddress.Parse(text) is not null;
                if (isOurs)
                    await SendAsync(_slow, text, TimeSpan.Zero, cancellation);
                await poison.DeleteMessageAsync(message.MessageId, message.PopReceipt, cancellation);
                yield return (text, isOurs);
            }
    }

    private static async Task<QueueMessage[]> TakeAsync(QueueClient poison, CancellationToken cancellation)
    {
        try
        {
            return await poison.ReceiveMessagesAsync(MaxBatch, cancellationToken: cancellation);
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == "QueueNotFound")
        {
            return [];
        }
    }

    private static async Task SendAsync(
        QueueClient queue, string message, TimeSpan delay, CancellationToken cancellation)
    {
        // The service takes whole seconds: if rounded down, a message would keep coming back early.
        TimeSpan whole = TimeSpan.FromSeconds(Math.Ceiling(delay.TotalSeconds));
        TimeSpan hidden = whole < TimeSpan.Zero ? TimeSpan.Zero : whole > LongestDelay ? LongestDelay : whole;
        try
        {
            await queue.SendMessageAsync(message, hidden, Forever, cancellation);
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == "QueueNotFound")
        {
            await queue.CreateIfNotExistsAsync(cancellationToken: cancellation);
            await queue.SendMessageAsync(message, hidden, Forever, cancellation);
        }
    }
}
