namespace CoinPay.Chains;

/// <summary>
/// The HTTP connections to nodes. Operators name the nodes: no proxy of the environment stands between, and no redirect
/// is followed. A node, often somebody else's, is told nothing of the operator's traces.
/// </summary>
public sealed class NodeConnection : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Shorter than the 30 s after which bitcoind closes an idle connection (<c>-rpcservertimeout</c>), perhaps just as a call goes out on it.</summary>
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(15);

    public HttpClient Http { get; } = new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        UseProxy = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = Lifetime,
        PooledConnectionIdleTimeout = IdleTimeout,
    });

    public void Dispose() => Http.Dispose();
}
