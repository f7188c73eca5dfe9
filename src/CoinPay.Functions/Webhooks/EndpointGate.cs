using System.Collections.Concurrent;

namespace CoinPay.Functions.Webhooks;

/// <summary>
/// Lets at most <see cref="MaxInFlight"/> deliveries of this process through to one endpoint at a time.
/// </summary>
internal sealed class EndpointGate
{
    public const int MaxInFlight = 2;

    private readonly ConcurrentDictionary<string, int> _inFlight = new(StringComparer.Ordinal);

    /// <summary>
    /// False when the endpoint has enough to do; the caller comes back later rather than wait and hold up others.
    /// </summary>
    public bool TryEnter(string endpointId)
    {
        int now = _inFlight.AddOrUpdate(endpointId, 1, (_, count) => count + 1);
        if (now <= MaxInFlight)
            return true;
        Leave(endpointId);
        return false;
    }

    public void Leave(string endpointId)
    {
        int left = _inFlight.AddOrUpdate(endpointId, 0, (_, count) => count - 1);
        if (left == 0)
            _inFlight.TryRemove(new(endpointId, 0));
    }
}
