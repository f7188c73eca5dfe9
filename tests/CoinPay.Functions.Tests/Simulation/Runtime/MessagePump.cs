using System.Text;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace CoinPay.Functions.Tests.Simulation;

/// <summary>
/// The queue triggers: takes what is visible in any order, runs the function on it, and deletes it, puts it back, or moves it to
/// poison as the host does. Messages are lost and come twice.
/// </summary>
internal sealed class MessagePump(World world, Dice dice)
{
    private const int Batch = 16;
    private const int MaxDequeueCount = 5;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);
    private static readonly (string Queue, string Function)[] Triggers =
    [
        ("webhooks", "DeliverWebhook"), ("webhooks-slow", "DeliverSlowWebhook"),
        ("webhooks-poison", "RequeuePoisonedDelivery"), ("webhooks-slow-poison", "RequeuePoisonedSlowDelivery"),
    ];

    private readonly QueueServiceClient _service = world.Storage.QueueService();
    private readonly HashSet<string> _made = new(StringComparer.Ordinal);

    public double Lost { get; set; }

    public double Doubled { get; set; }

    /// <summary>Takes every message that is visible now, once.</summary>
    public int Run(AppProcess process)
    {
        int taken = 0;
        foreach ((string name, string function) in Triggers)
        {
            QueueMessage[] batch = Take(name);
            for (int left = batch.Length; left > 0; left--)
            {
                int index = dice.Below(left);
                (QueueMessage message, batch[index]) = (batch[index], batch[left - 1]);
                _ = process.Begin(() => WorkAsync(process, name, function, message));
            }
            taken += batch.Length;
        }
        return taken;
    }

    /// <summary>The host's own calls: they are no part of what may go wrong here.</summary>
    private QueueMessage[] Take(string name) => world.Quietly(() =>
    {
        if (_made.Add(name))
            _service.GetQueueClient(name).CreateIfNotExists();
        return _service.GetQueueClient(name).ReceiveMessages(Batch, Lease).Value;
    });

    private async Task WorkAsync(AppProcess process, string name, string function, QueueMessage message)
    {
        string text = Encoding.UTF8.GetString(Convert.FromBase64String(message.Body.ToString()));
        if (dice.Chance(Lost))
        {
            world.Strike(Fault.LostMessage);
            Settle(name, message, succeeded: true);
            return;
        }
        Task? twin = null;
        if (dice.Chance(Doubled))
        {
            world.Strike(Fault.DoubledMessage);
            twin = TryAsync(process, function, text);
        }
        bool succeeded = await TryAsync(process, function, text);
        if (twin is not null)
            await twin;
        Settle(name, message, succeeded);
    }

    private async Task<bool> TryAsync(AppProcess process, string function, string text)
    {
        try
        {
            await process.RunAsync(function, text);
            return true;
        }
        catch (Exception failure) when (failure is not SimulationException)
        {
            world.Failed(failure);
            return false;
        }
    }

    private void Settle(string name, QueueMessage message, bool succeeded)
    {
        try
        {
            world.Quietly(() => Settled(name, message, succeeded));
        }
        catch (Azure.RequestFailedException over) when (over.Status == 404)
        {
            // It took longer than the lease: the message has come again.
        }
    }

    private bool Settled(string name, QueueMessage message, bool succeeded)
    {
        QueueClient queue = _service.GetQueueClient(name);
        if (succeeded)
            queue.DeleteMessage(message.MessageId, message.PopReceipt);
        else if (message.DequeueCount < MaxDequeueCount || name.EndsWith("-poison", StringComparison.Ordinal))
            queue.UpdateMessage(message.MessageId, message.PopReceipt, visibilityTimeout: Rest);
        else
        {
            QueueClient poison = _service.GetQueueClient(name + "-poison");
            poison.CreateIfNotExists();
            poison.SendMessage(message.Body, timeToLive: TimeSpan.FromSeconds(-1));
            queue.DeleteMessage(message.MessageId, message.PopReceipt);
        }
        return true;
    }
}
