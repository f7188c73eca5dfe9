using CoinPay.Testing.Gateway;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Acceptance.Webhooks;

public sealed class FanOutTests(AzuriteStorage storage) : IClassFixture<AzuriteStorage>
{
    /// <summary>At least once: on a loaded machine a message's minute may pass while it is in work.</summary>
    [Fact]
    public async Task Forty_events_reach_all_fifty_endpoints_on_Azurite() =>
        await new FanOut().ReachAllAsync(storage, new FakeTimeProvider(DateTimeOffset.UtcNow), events: 40);
}
