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
    public void The_waits_grow_from_nothing_to_a_day() =>
        Assert.Equal(
            ["00:00:00", "00:00:05", "00:01:00", "00:05:00", "00:30:00", "02:00:00", "05:00:00", "10:00:00", "1.00:00:00"],
            DeliverySchedule.Delays.Distinct().Select(delay => delay.ToString()));

    [Fact]
    public void A_wait_after_no_attempt_and_one_by_no_part_of_chance_are_bugs()
    {
        Assert.Throws<BugException>(() => DeliverySchedule.DelayAfter(0));
        Assert.Throws<BugException>(() => DeliverySchedule.Wait(TimeSpan.Zero, null, -0.01));
        Assert.Throws<BugException>(() => DeliverySchedule.Wait(TimeSpan.Zero, null, 1.01));
    }

    [Theory]
    [InlineData(0, 9)]
    [InlineData(0.5, 10)]
    [InlineData(1, 11)]
    public void Chance_moves_a_wait_from_a_tenth_less_to_a_tenth_more(double random, int hours) =>
        Assert.Equal(TimeSpan.FromHours(hours), DeliverySchedule.Wait(TimeSpan.FromHours(10), null, random));

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
