namespace CoinPay.Chains;

/// <summary>
/// The HTTP connections to nodes. Operators choose the nodes, so no proxy from the environment is used and no redirect
/// is followed. A node, often a third party's, does not receive the operator's trace headers.
/// </summary>
public sealed class NodeConnection : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Shorter than the 30 s after which bitcoind closes an idle connection (<c>-rpcservertimeout</c>), possibly just as a call is sent on
    /// it.
    /// </summary>
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(15);

    /// <param name="isDevelopment">Whether any node can be called over plain http.</param>
    public NodeConnection(bool isDevelopment) => Http = new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        UseProxy = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = Lifetime,
        PooledConnectionIdleTimeout = IdleTimeout,
        ConnectCallback = isDevelopment ? null : NodeAddress.ConnectAsync,
    });

    public HttpClient Http { get; }

    public void Dispose() => Http.Dispose();
}
