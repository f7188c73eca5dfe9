using System.Collections.Concurrent;
using System.Net;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Secrets;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Functions.Webhooks.Endpoints;
using CoinPay.Testing.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace CoinPay.Testing.Gateway;

/// <summary>Many events to fifty endpoints, ten of which fail at random: every event reaches every endpoint, under one id.</summary>
internal sealed class FanOut
{
    private const int Endpoints = 50;
    private const int Failing = 10;
    private const int AtOnce = 16;
    private const double FailureRate = 0.4;

    /// <summary>Enough rounds for a delivery's whole schedule of eleven days, however slow the machine is.</summary>
    private const int MaxTurns = 600;

    private static readonly TimeSpan Turn = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<(string Host, string Id), int> _reached = new();

    /// <summary>The number of times each event reached each endpoint.</summary>
    public IEnumerable<int> Times => _reached.Values;

    public async Task ReachAllAsync(ITestStorage account, FakeTimeProvider clock, int events)
    {
        using FakeInternet internet = new() { Answer = AnswerOf };
        await using Edge edge = await Edge.StartAsync(
            account, clock: clock, change: services => services.Replace(ServiceDescriptor.Singleton(provider =>
                new WebhookSender(
                    new HttpClient(internet, disposeHandler: false), provider.GetRequiredService<WebhookTargets>(),
                    provider.GetRequiredService<SecretBox>(), clock))));
        (string merchant, string key) = await edge.MerchantAsync();
        for (int number = 0; number < Endpoints; number++)
            await edge.EndpointAsync(key, new($"https://shop{number}.example/hook"));

        HashSet<string> ids = [];
        for (int number = 0; number < events; number++)
        {
            GatewayEvent happened = DeliveryWorld.EventOf(edge, merchant);
            ids.Add(happened.Id);
            await edge.Get<EventPublisher>().PublishAsync(happened, default);
            internet.Forget();
        }
        await DeliverUntilQuietAsync(edge, clock, events, internet);

        Assert.Equal(events, ids.Count);
        Assert.Equal(events * Endpoints, _reached.Count);
        Assert.All(_reached.Keys, reached => Assert.Contains(reached.Id, ids));
    }

    /// <summary>Hosts shop0 to shop9 fail at random.</summary>
    private HttpResponseMessage AnswerOf(Sent sent)
    {
        string host = sent.Url.Host;
        bool mayFail = int.Parse(host[4..^8]) < Failing;
        if (mayFail && Random.Shared.NextDouble() < FailureRate)
            return new(HttpStatusCode.ServiceUnavailable);
        _reached.AddOrUpdate((host, sent.Id), 1, (_, times) => times + 1);
        return new(HttpStatusCode.OK);
    }

    /// <summary>
    /// Handles what is visible, many messages at a time, and turns the clock when nothing is; until all was reached. On
    /// Azurite, whose clock is the machine's, what waits is found through its pointer, as a lost message is.
    /// </summary>
    private async Task DeliverUntilQuietAsync(Edge edge, FakeTimeProvider clock, int events, FakeInternet internet)
    {
        for (int turns = 0; _reached.Count < events * Endpoints;)
        {
            if (await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => TakeSomeAsync(edge))) is var taken && taken.Sum() > 0)
            {
                internet.Forget();
                continue;
            }
            Assert.True(++turns < MaxTurns, $"{_reached.Count} of {events * Endpoints} were reached");
            clock.Advance(Turn);
            await edge.Function<SweepDeliveries>().SweepAsync(default);
        }
    }

    private static async Task<int> TakeSomeAsync(Edge edge)
    {
        int taken = 0;
        foreach (string name in new[] { DeliveryQueue.Fast, DeliveryQueue.Slow })
        {
            QueueClient queue = edge.Get<QueueServiceClient>().GetQueueClient(name);
            await queue.CreateIfNotExistsAsync();
            foreach (QueueMessage message in (await queue.ReceiveMessagesAsync(32, TimeSpan.FromSeconds(60))).Value)
            {
                await edge.TakeAsync(name, message.MessageText);
                await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt);
                taken++;
            }
        }
        return taken;
    }
}
