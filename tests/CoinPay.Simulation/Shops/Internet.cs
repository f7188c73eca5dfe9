using System.Net;
using System.Text.Json;
using CoinPay.Simulation.Checks;
using CoinPay.Simulation.Runtime;

namespace CoinPay.Simulation.Shops;

/// <summary>The endpoints of all shops. They fail at random, record what they receive, and succeed in the end.</summary>
internal sealed class Internet(Dice dice) : HttpMessageHandler
{
    private readonly Dictionary<(string Host, string EventId), byte[]> _received = [];

    /// <summary>Probability that an attempt fails.</summary>
    public double Failing { get; set; }

    public Action<Fault> Struck { get; set; } = static _ => { };

    /// <summary>Events that an endpoint has answered with success, by host and id, and how often.</summary>
    public Dictionary<(string Host, string EventId), int> Delivered { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string id = request.Headers.GetValues("webhook-id").Single();
        (string, string) delivery = (request.RequestUri!.Host, id);
        byte[] body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        RequireSame(delivery, body);
        if (!dice.Chance(Failing))
        {
            Delivered[delivery] = Delivered.GetValueOrDefault(delivery) + 1;
            return new(HttpStatusCode.NoContent);
        }
        Struck(Fault.EndpointFailure);
        if (dice.Chance(0.3))
            throw new HttpRequestException("The connection was cut.");
        return new(dice.Of([HttpStatusCode.InternalServerError, HttpStatusCode.BadGateway, HttpStatusCode.Found]));
    }

    /// <summary>Every attempt of an event has the same id and the same bytes, and the body says that id.</summary>
    private void RequireSame((string Host, string Id) delivery, byte[] body)
    {
        if (_received.TryAdd(delivery, body))
        {
            using JsonDocument document = JsonDocument.Parse(body);
            if (document.RootElement.GetProperty("id").GetString() != delivery.Id)
                throw new SimulationException($"event {delivery.Id} has another id in its body");
        }
        else if (!_received[delivery].AsSpan().SequenceEqual(body))
            throw new SimulationException($"event {delivery.Id} came with other bytes the second time");
    }
}
