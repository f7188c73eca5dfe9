using CoinPay.Core;
using CoinPay.Functions.Watching;
using Xunit;

namespace CoinPay.Functions.Tests.Watching;

/// <summary>Each balance is due once when its invoice expires and once a day after, whatever polls were missed.</summary>
public sealed class SweepScheduleTests
{
    private static readonly DateTimeOffset Expiry = new(2026, 11, 23, 23, 59, 30, TimeSpan.Zero);

    [Theory]
    [InlineData(-60, -1, false)]
    [InlineData(-60, 0, false)]
    [InlineData(-60, 1, true)]
    [InlineData(0, 1, true)]
    [InlineData(1, 3_600, false)]
    [InlineData(-7_200, 7_200, true)]
    [InlineData(86_399, 86_400, false)]
    [InlineData(86_399, 86_401, true)]
    [InlineData(86_401, 172_800, false)]
    [InlineData(86_401, 172_801, true)]
    [InlineData(100, 10_000_000, true)]
    [InlineData(100, 7_775_000, true)]
    [InlineData(7_900_000, 8_900_000, false)]
    public void A_balance_is_due_between_two_polls(int after, int before, bool isDue)
    {
        SweepSchedule schedule = new();
        schedule.Add(WatchOf(Expiry));
        schedule.Add(WatchOf(null));
        Assert.Equal(isDue ? 1 : 0, schedule.Due(Expiry.AddSeconds(after), Expiry.AddSeconds(before)).Count());
    }

    [Fact]
    public void Polls_that_follow_each_other_sweep_every_balance_once_a_day()
    {
        SweepSchedule schedule = new();
        for (int i = 0; i < 200; i++)
            schedule.Add(WatchOf(Expiry.AddSeconds(431 * i)));
        DateTimeOffset at = Expiry.AddDays(3);
        int swept = 0;
        for (int second = 0; second < 86_400; second += 7)
            swept += schedule.Due(at.AddSeconds(second), at.AddSeconds(Math.Min(second + 7, 86_400))).Count();
        Assert.Equal(200, swept);
    }

    private static Watch WatchOf(DateTimeOffset? sweepAt) => new()
    {
        Network = "anvil",
        InvoiceId = "inv_" + Guid.NewGuid(),
        MerchantId = "mer_1",
        Address = "0xa",
        Recipient = "0xa",
        Required = RequiredDepth.OfBlocks(1),
        MonitorUntil = Expiry.AddDays(90),
        SweepAt = sweepAt,
    };
}
