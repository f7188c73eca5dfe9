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

    public Task SendAsync(DeliveryAddress address, bool slow, TimeSpan delay, CancellationToken cancellation) =>
        SendAsync(slow ? _slow : _fast, address.ToString(), delay, cancellation);

    /// <summary>A replay's next batch.</summary>
    public Task SendAsync(ReplayAddress address, TimeSpan delay, CancellationToken cancellation) =>
        SendAsync(_slow, address.ToString(), delay, cancellation);

    /// <summary>Puts back a message that failed here too often; false when it names nothing of ours.</summary>
    public async Task<bool> PutBackAsync(string message, TimeSpan delay, CancellationToken cancellation)
    {
        if (DeliveryAddress.Parse(message) is null && ReplayAddress.Parse(message) is null)
            return false;
        await SendAsync(_slow, message, delay, cancellation);
        return true;
    }

    private static async Task SendAsync(
        QueueClient queue, string message, TimeSpan delay, CancellationToken cancellation)
    {
        // Whole seconds, as the service has it: rounded down, a message would come back early again and again.
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
