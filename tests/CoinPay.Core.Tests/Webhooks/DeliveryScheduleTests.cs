using CoinPay.Core;
using CsCheck;
using Xunit;

namespace CoinPay.Tests.Core.Webhooks;

public sealed class DeliveryScheduleTests
{
    [Fact]
    public void Eighteen_attempts_take_ten_point_seven_days()
    {
        TimeSpan total = DeliverySchedule.Delays.Aggregate((sum, delay) => sum + delay);
        Assert.Equal(18, DeliverySchedule.Delays.Count);
        Assert.Equal(10.7, total.TotalDays, precision: 1);
    }

    [Fact]
    public void After_the_eighteenth_failure_nothing_follows()
    {
        Assert.Equal(TimeSpan.FromSeconds(5), DeliverySchedule.DelayAfter(1));
        Assert.Equal(TimeSpan.FromHours(24), DeliverySchedule.DelayAfter(17));
        Assert.Null(DeliverySchedule.DelayAfter(18));
    }

    [Fact]
    public void Jitter_stays_within_a_tenth() => Gen.Double[0, 1].Sample(random =>
    {
        TimeSpan wait = DeliverySchedule.Wait(TimeSpan.FromHours(10), retryAfter: null, random);
        Assert.InRange(wait, TimeSpan.FromHours(9), TimeSpan.FromHours(11));
    });

    [Fact]
    public void Different_random_numbers_give_different_waits() =>
        Assert.NotEqual(
            DeliverySchedule.Wait(TimeSpan.FromHours(1), null, 0.2),
            DeliverySchedule.Wait(TimeSpan.FromHours(1), null, 0.3));

    [Theory]
    [InlineData(1, 60)]
    [InlineData(7200, 7200)]
    [InlineData(30 * 24 * 3600, 24 * 3600)]
    public void Retry_after_lengthens_a_wait_up_to_a_day_and_never_shortens_it(int askedSeconds, int expectedSeconds) =>
        Assert.Equal(
            TimeSpan.FromSeconds(expectedSeconds),
            DeliverySchedule.Wait(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(askedSeconds), 0.5));
}
