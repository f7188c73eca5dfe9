using System.Globalization;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Host.TestApp;

/// <summary>Queue functions; each writes what it saw to the topic that its queue is named after.</summary>
public sealed class Queues(Diary diary)
{
    public const string Texts = "texts", Orders = "orders", Messages = "messages";

    /// <summary>
    /// <c>fail…</c> fails; <c>wait TOPIC</c> writes <c>began</c> and waits until the test has opened <c>open-TOPIC</c>. Before everything
    /// it writes the text and which attempt it is.
    /// </summary>
    [Function("OnText")]
    public async Task OnText([QueueTrigger("%TestRun%-" + Texts)] string message, FunctionContext context, CancellationToken cancellation)
    {
        await diary.WriteAsync(Texts, $"{message} {context.BindingContext.BindingData["DequeueCount"]}");
        if (message.StartsWith("fail", StringComparison.Ordinal))
            throw new InvalidOperationException("as asked");
        if (message.Split(' ') is ["wait", string topic])
        {
            await diary.WaitAsync("open-" + topic, cancellation);
            await diary.WriteAsync(topic, "done");
        }
    }

    [Function("OnOrder")]
    public Task OnOrder([QueueTrigger("%TestRun%-" + Orders)] Order order) =>
        diary.WriteAsync(Orders, string.Create(CultureInfo.InvariantCulture, $"{order.Id}:{order.Amount}"));

    [Function("OnMessage")]
    public Task OnMessage([QueueTrigger("%TestRun%-" + Messages)] QueueMessage message) =>
        diary.WriteAsync(Messages, $"{message.Body} {message.DequeueCount} {message.MessageId.Length > 0}");

    public sealed record Order(string Id, decimal Amount);
}
