using System.Threading.RateLimiting;
using CoinPay.Functions.Platform;
using Microsoft.AspNetCore.Http;

namespace CoinPay.Functions.Http;

/// <summary>
/// Limits the call rate per key and per address, with a token bucket each that holds two seconds' worth. The buckets are
/// in this process's memory: with N instances a client gets at most N times the limit, and no request costs a storage call.
/// </summary>
internal sealed class RequestLimits(GatewaySettings settings) : IDisposable
{
    private const int BurstSeconds = 2;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly PartitionedRateLimiter<string>? _keys = Limiter(settings.RequestsPerKey);
    private readonly PartitionedRateLimiter<string>? _addresses = Limiter(settings.RequestsPerAddress);

    /// <summary>Counts a request from an address. Throws the 429 problem if it has made too many.</summary>
    public void TakeOfAddress(HttpContext http)
    {
        if (_addresses is not null)
            Take(
                _addresses,
                ClientAddress.PartitionOf(ClientAddress.Of(http, settings.TrustedProxies)),
                "This address");
    }

    /// <summary>
    /// Counts a request with a key that was found valid, so that guessing at a key cannot use up its limit.
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

    // The limiter itself drops partitions that are no longer used.
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
