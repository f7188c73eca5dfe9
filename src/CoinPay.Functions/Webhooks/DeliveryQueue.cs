using Azure;
using Azure.Storage.Queues;

namespace CoinPay.Functions.Webhooks;

/// <summary>
/// The two queues of deliveries: <see cref="Fast"/>, and <see cref="Slow"/> for endpoints whose last attempt failed, so
/// that a dead endpoint's timeouts do not hold up the others.
/// </summary>
internal sealed class DeliveryQueue(QueueServiceClient queues)
{
    public const string Fast = "webhooks";
    public const string Slow = "webhooks-slow";
    public const string FastPoison = Fast + "-poison";
    public const string SlowPoison = Slow + "-poison";

    /// <summary>
    /// A message is hidden for at most seven days (Azure's limit) and for less here: a longer wait is split, as whoever
    /// takes the message looks at the row and puts it back.
    /// </summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromDays(6);

    private static readonly TimeSpan Forever = TimeSpan.FromSeconds(-1);

    private readonly QueueClient _fast = queues.GetQueueClient(Fast);
    private readonly QueueClient _slow = queues.GetQueueClient(Slow);

    public async Task SendAsync(DeliveryAddress address, bool slow, TimeSpan delay, CancellationToken cancellation)
    {
        QueueClient queue = slow ? _slow : _fast;
        TimeSpan hidden = delay < TimeSpan.Zero ? TimeSpan.Zero : delay > LongestDelay ? LongestDelay : delay;
        try
        {
            await queue.SendMessageAsync(address.ToString(), hidden, Forever, cancellation);
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == "QueueNotFound")
        {
            await queue.CreateIfNotExistsAsync(cancellationToken: cancellation);
            await queue.SendMessageAsync(address.ToString(), hidden, Forever, cancellation);
        }
    }
}
