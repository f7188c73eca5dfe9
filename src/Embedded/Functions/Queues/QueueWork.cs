using System.Text;
using System.Text.Json;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using CoinPay.Embedded.Hosting;
using CoinPay.Embedded.Worker;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Queues;

/// <summary>
/// One message in work: leased, the lease renewed while the function runs; deleted on success, hidden for <c>visibilityTimeout</c> on
/// failure, moved to the poison queue after <c>maxDequeueCount</c> failures or when it cannot be read.
/// </summary>
internal sealed class QueueWork(
    FunctionDescriptor function,
    FunctionInvoker invoker,
    QueueClient queue,
    QueueClient? poison,
    HostSettings settings,
    TimeProvider time,
    ILogger log)
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(12);

    /// <summary>How long the real host leaves a message of a poison queue hidden that its function does not get done.</summary>
    private static readonly TimeSpan PoisonRest = TimeSpan.FromMinutes(10);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private string _receipt = string.Empty;

    public async Task RunAsync(QueueMessage message)
    {
        _receipt = message.PopReceipt;
        if (message.DequeueCount > settings.Queues.MaxDequeueCount && poison is not null)
        {
            // It never failed as often as it was taken: the process died over it.
            await MoveToPoisonAsync(message, $"it was taken {message.DequeueCount} times");
            return;
        }
        if (!TryRead(message, out object? value))
        {
            await MoveToPoisonAsync(message, "it cannot be read");
            return;
        }
        if (await SucceedsAsync(message, value))
            await queue.DeleteMessageAsync(message.MessageId, _receipt);
        else if (message.DequeueCount >= settings.Queues.MaxDequeueCount)
            await MoveToPoisonAsync(message, $"it failed {message.DequeueCount} times");
        else
            await queue.UpdateMessageAsync(message.MessageId, _receipt, visibilityTimeout: settings.Queues.VisibilityTimeout);
    }

    private async Task<bool> SucceedsAsync(QueueMessage message, object? value)
    {
        using CancellationTokenSource limit = new(settings.FunctionTimeout, time);
        using CancellationTokenSource over = new();
        Task renewal = RenewAsync(message.MessageId, over.Token);
        try
        {
            await invoker.InvokeAsync(new(function, limit.Token)
            {
                TriggerValue = value,
                BindingData = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase)
                {
                    ["Id"] = message.MessageId,
                    ["DequeueCount"] = message.DequeueCount,
                    ["InsertionTime"] = message.InsertedOn,
                },
            });
            return true;
        }
        catch (Exception)
        {
            // Logged by the invoker; the message is tried again or goes to poison.
            return false;
        }
        finally
        {
            await over.CancelAsync();
            await renewal;
        }
    }

    private async Task RenewAsync(string id, CancellationToken over)
    {
        try
        {
            while (true)
            {
                await Task.Delay(RenewEvery, time, over);
                _receipt = (await queue.UpdateMessageAsync(id, _receipt, visibilityTimeout: Lease, cancellationToken: CancellationToken.None))
                    .Value.PopReceipt;
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (Azure.RequestFailedException failure)
        {
            log.LogWarning("The lease on message {Message} of {Queue} is lost: {Reason}", id, queue.Name, failure.Message);
        }
    }

    private async Task MoveToPoisonAsync(QueueMessage message, string reason)
    {
        if (poison is null)
        {
            log.LogWarning("Message {Message} of {Queue} rests: {Reason}", message.MessageId, queue.Name, reason);
            await queue.UpdateMessageAsync(message.MessageId, _receipt, visibilityTimeout: PoisonRest);
            return;
        }
        log.LogWarning("Message {Message} moves to {Queue}: {Reason}", message.MessageId, poison.Name, reason);
        await poison.CreateIfNotExistsAsync();
        await poison.SendMessageAsync(message.Body, timeToLive: TimeSpan.FromSeconds(-1));
        await queue.DeleteMessageAsync(message.MessageId, _receipt);
    }

    private bool TryRead(QueueMessage message, out object? value)
    {
        value = null;
        try
        {
            string body = message.Body.ToString();
            string text = settings.Queues.Encoding == QueueMessageEncoding.Base64
                ? Encoding.UTF8.GetString(Convert.FromBase64String(body))
                : body;
            value = Read(message, text, function.TriggerParameter.ParameterType);
            return true;
        }
        catch (Exception unreadable) when (unreadable is FormatException or JsonException)
        {
            return false;
        }
    }

    private static object? Read(QueueMessage message, string text, Type type) =>
        type == typeof(string) ? text
        : type == typeof(BinaryData) ? BinaryData.FromString(text)
        : type == typeof(QueueMessage) ? QueuesModelFactory.QueueMessage(
            message.MessageId, message.PopReceipt, BinaryData.FromString(text),
            message.DequeueCount, message.NextVisibleOn, message.InsertedOn, message.ExpiresOn)
        : JsonSerializer.Deserialize(text, type, Json);
}
