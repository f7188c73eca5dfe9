namespace CoinPay.Functions.Chains;

/// <summary>
/// The HTTP connections to nodes. Operators name the nodes: no proxy of the environment stands between, and no redirect
/// is followed.
/// </summary>
internal sealed class NodeConnection : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    public HttpClient Http { get; } = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = Lifetime,
    });

    public void Dispose() => Http.Dispose();
}
