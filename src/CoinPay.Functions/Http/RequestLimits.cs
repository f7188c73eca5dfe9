using System.Threading.RateLimiting;
using CoinPay.Functions.Platform;
using Microsoft.AspNetCore.Http;

namespace CoinPay.Functions.Http;

/// <summary>
/// How often one key and one address may call: a token bucket each, that holds two seconds' worth. In the memory of this
/// process: with N instances a client gets at most N times as much, and no request costs a storage call.
/// </summary>
internal sealed class RequestLimits(GatewaySettings settings) : IDisposable
{
    private const int BurstSeconds = 2;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly PartitionedRateLimiter<string>? _keys = Limiter(settings.RequestsPerKey);
    private readonly PartitionedRateLimiter<string>? _addresses = Limiter(settings.RequestsPerAddress);

    /// <summary>Counts a request of an address; throws the 429 problem when it has made too many.</summary>
    public void TakeOfAddress(HttpContext http)
    {
        if (_addresses is not null)
            Take(
                _addresses,
                ClientAddress.PartitionOf(ClientAddress.Of(http, settings.TrustedProxies)),
                "This address");
    }

    /// <summary>
    /// Counts a request of a key that was found valid: who only guesses at a key cannot use up its share.
    /// </summary>
    public void TakeOfKey(string keyId)
    {
        if (_keys is not null)
            Take(_keys, keyId, "The key");
    }

    public void Dispose()
    {
        _keys?.Dispose();
        _addresses?.Dispose();
    }

    private static void Take(PartitionedRateLimiter<string> limiter, string partition, string whose)
    {
        using RateLimitLease lease = limiter.AttemptAcquire(partition);
        if (lease.IsAcquired)
            return;
        TimeSpan wait = lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan said) && said > Shortest ? said : Shortest;
        throw new ProblemException(Problems.RateLimited(whose, wait));
    }

    // Partitions that nobody uses any more are let go by the limiter itself.
    private static PartitionedRateLimiter<string>? Limiter(int perSecond) => perSecond == 0
        ? null
        : PartitionedRateLimiter.Create<string, string>(client => RateLimitPartition.GetTokenBucketLimiter(
            client,
            _ => new()
            {
                TokenLimit = perSecond * BurstSeconds,
                TokensPerPeriod = perSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                QueueLimit = 0,
            }));
}
