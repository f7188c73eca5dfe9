using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace CoinPay.Host.Http;

/// <summary>Endpoints that are added when the app runs, after the site has started to listen.</summary>
internal sealed class OpenEndpoints : EndpointDataSource, IDisposable
{
    private CancellationTokenSource _changed = new();
    private volatile IReadOnlyList<Endpoint> _endpoints = [];

    public override IReadOnlyList<Endpoint> Endpoints => _endpoints;

    public override IChangeToken GetChangeToken() => new CancellationChangeToken(_changed.Token);

    public void Open(IReadOnlyList<Endpoint> endpoints)
    {
        _endpoints = endpoints;
        // A listener asks for the next token as soon as it is notified of the change.
        using CancellationTokenSource before = Interlocked.Exchange(ref _changed, new());
        before.Cancel();
    }

    public void Dispose() => _changed.Dispose();
}
