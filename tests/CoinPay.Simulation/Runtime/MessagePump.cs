using System.Text;
using CoinPay.Simulation.Checks;
using CoinPay.Testing.Storage;
using CoinPay.Testing.Storage.Queues;

namespace CoinPay.Simulation.Runtime;

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
        [("webhooks", "DeliverWebhook"), ("webhooks-slow", "DeliverSlowWebhook")];

    private readonly QueueAccount _queues = world.Storage.Messages;

    public double Lost { get; set; }

    public double Doubled { get; set; }

    /// <summary>Handles every currently visible message once.</summary>
    public int Run(AppProcess process)
    {
        int taken = 0;
        foreach ((string name, string function) in Triggers)
        {
            StoredMessage[] batch = Take(name);
            for (int left = batch.Length; left > 0; left--)
            {
                int index = dice.Below(left);
                (StoredMessage message, batch[index]) = (batch[index], batch[left - 1]);
                _ = process.Begin(() => WorkAsync(process, name, function, message));
            }
            taken += batch.Length;
        }
        return taken;
    }

    /// <summary>The host's own calls, which are not subject to faults here.</summary>
    private StoredMessage[] Take(string name)
    {
        _queues.Create(name);
        return [.. _queues.Get(name, Batch, Lease)];
    }

    private async Task WorkAsync(AppProcess process, string name, string function, StoredMessage message)
    {
        string text = Encoding.UTF8.GetString(Convert.FromBase64String(message.Text));
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

    private void Settle(string name, StoredMessage message, bool succeeded)
    {
        try
        {
            if (succeeded)
                _queues.Delete(name, message.Id, message.PopReceipt);
            else if (message.DequeueCount < MaxDequeueCount)
                _queues.Update(name, message.Id, message.PopReceipt, null, Rest);
            else
            {
                _queues.Delete(name, message.Id, message.PopReceipt);
                _queues.Create(name + "-poison");
                _queues.Put(name + "-poison", message.Text, TimeSpan.Zero, timeToLive: null);
            }
        }
        catch (StorageRefusal over) when (over.Status == 404)
        {
            // It took longer than the lease: the message has come again.
        }
    }
}
