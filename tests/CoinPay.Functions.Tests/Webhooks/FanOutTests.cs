using CoinPay.Testing.Gateway;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Functions.Tests.Webhooks;

public sealed class FanOutTests
{
    [Fact]
    public async Task A_thousand_events_reach_all_fifty_endpoints_once()
    {
        FakeTimeProvider clock = new(new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.Zero));
        FanOut events = new();
        await events.ReachAllAsync(new EdgeStorage(clock), clock, events: 1_000);
        Assert.All(events.Times, times => Assert.Equal(1, times));
    }
}
