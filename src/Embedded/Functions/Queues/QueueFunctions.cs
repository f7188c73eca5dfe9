using Azure.Storage.Queues;
using CoinPay.Embedded.Hosting;
using CoinPay.Embedded.Worker;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Queues;

/// <summary>Runs the queue functions, one listener a function. A missing setting or connection fails the start.</summary>
internal sealed class QueueFunctions(
    FunctionCatalog catalog,
    FunctionInvoker invoker,
    SettingText text,
    HostSettings settings,
    IConfiguration configuration,
    TimeProvider time,
    ILogger<QueueFunctions> log) : BackgroundService
{
    private const string PoisonSuffix = "-poison";
    private readonly List<QueueListener> _listeners = [];

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _listeners.AddRange(catalog.TriggeredBy<QueueTriggerAttribute>().Select(queue => Listener(queue.Function, queue.Trigger)));
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _listeners.ForEach(listener => listener.Dispose());
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_listeners.Select(listener => listener.RunAsync(stoppingToken)));

    private QueueListener Listener(FunctionDescriptor function, QueueTriggerAttribute trigger)
    {
        string connection = StorageConnection.Find(configuration, trigger.Connection);
        string name = text.Resolve(trigger.QueueName, function.Name);
        // Messages are decoded here and not by the client, so that one that is no base64 goes to poison and not the whole batch.
        QueueServiceClient service = new(connection, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None });
        // As on the real host a poison queue has no poison queue of its own.
        QueueClient? poison = name.EndsWith(PoisonSuffix, StringComparison.Ordinal) ? null : service.GetQueueClient(name + PoisonSuffix);
        return new(function, invoker, service.GetQueueClient(name), poison, settings, time, log);
    }
}
