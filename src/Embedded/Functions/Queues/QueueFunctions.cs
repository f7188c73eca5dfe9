using Azure.Storage.Queues;
using CoinPay.Embedded.Hosting;
using CoinPay.Embedded.Worker;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Queues;

/// <summary>Runs the queue functions, one listener a function.</summary>
internal sealed class QueueFunctions(
    FunctionCatalog catalog,
    FunctionInvoker invoker,
    SettingText text,
    HostSettings settings,
    IConfiguration configuration,
    TimeProvider time,
    ILogger<QueueFunctions> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(catalog
        .TriggeredBy<QueueTriggerAttribute>()
        .Select(queue => ListenAsync(queue.Function, queue.Trigger, stoppingToken)));

    private async Task ListenAsync(FunctionDescriptor function, QueueTriggerAttribute trigger, CancellationToken stopping)
    {
        string connection = StorageConnection.Find(configuration, trigger.Connection);
        string name = text.Resolve(trigger.QueueName);
        // Messages are decoded here and not by the client, so that one that is no base64 goes to poison and not the whole batch.
        QueueServiceClient service = new(connection, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None });
        using QueueListener listener = new(
            function, invoker, service.GetQueueClient(name), service.GetQueueClient(name + "-poison"), settings, time, log);
        await listener.RunAsync(stopping);
    }
}
