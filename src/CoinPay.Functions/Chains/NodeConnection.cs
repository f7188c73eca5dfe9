namespace CoinPay.Functions.Chains;

/// <summary>
/// The HTTP connections to nodes. Operators name the nodes: no proxy of the environment stands between, and no redirect
/// is followed. A node, often somebody else's, is told nothing of the operator's traces.
/// </summary>
internal sealed class NodeConnection : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    public HttpClient Http { get; } = new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        UseProxy = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = Lifetime,
    });

    public void Dispose() => Http.Dispose();
}
