using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using Azure;
using Azure.Storage.Queues;
using CoinPay.Embedded.Hosting;
using CoinPay.Embedded.Worker;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Embedded.Queues;

/// <summary>
/// Sends what functions return to queues, before the message that made them run is deleted or the HTTP request is answered: at least
/// once. A failure to send is a failure of the invocation.
/// </summary>
internal sealed class QueueOutputs(SettingText text, HostSettings settings, IConfiguration configuration)
{
    private readonly ConcurrentDictionary<FunctionDescriptor, IReadOnlyList<Output>> _outputs = new();

    /// <summary>The outermost middleware.</summary>
    public FunctionExecutionDelegate SendAfter(FunctionExecutionDelegate next) => async context =>
    {
        await next(context);
        await SendAsync((InvocationContext)context);
    };

    private async Task SendAsync(InvocationContext context)
    {
        if (context.Result.Value is not { } result)
            return;
        foreach (Output output in _outputs.GetOrAdd(context.Function, OutputsOf))
            if (context.Function.ResultType.IsInstanceOfType(result))
                foreach (string message in Messages(output.Property is null ? result : output.Property.GetValue(result)))
                    await SendAsync(output.Queue, message, context.CancellationToken);
    }

    private static async Task SendAsync(QueueClient queue, string message, CancellationToken cancellation)
    {
        try
        {
            await queue.SendMessageAsync(message, cancellation);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            await queue.CreateIfNotExistsAsync(cancellationToken: cancellation);
            await queue.SendMessageAsync(message, cancellation);
        }
    }

    private static IEnumerable<string> Messages(object? value) => value switch
    {
        null => [],
        string message => [message],
        IEnumerable many => many.Cast<object?>().SelectMany(Messages),
        _ => [JsonSerializer.Serialize(value, value.GetType())],
    };

    private IReadOnlyList<Output> OutputsOf(FunctionDescriptor function)
    {
        List<Output> outputs = [];
        if (function.Method.GetCustomAttribute<QueueOutputAttribute>() is { } whole)
            outputs.Add(new(null, Queue(function, whole)));
        foreach (PropertyInfo property in function.ResultType.GetProperties())
            if (property.GetCustomAttribute<QueueOutputAttribute>() is { } part)
                outputs.Add(new(property, Queue(function, part)));
        return outputs;
    }

    private QueueClient Queue(FunctionDescriptor function, QueueOutputAttribute output) => new(
        StorageConnection.Find(configuration, output.Connection),
        text.Resolve(output.QueueName, function.Name),
        new QueueClientOptions { MessageEncoding = settings.Queues.Encoding });

    private sealed record Output(PropertyInfo? Property, QueueClient Queue);
}
