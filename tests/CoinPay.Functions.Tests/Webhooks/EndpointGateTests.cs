using CoinPay.Functions.Webhooks;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Functions.Tests.Webhooks;

public sealed class EndpointGateTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.Zero));
    private readonly EndpointGate _gate;

    public EndpointGateTests() => _gate = new(_clock);

    [Fact]
    public void Two_are_let_through_to_an_endpoint_and_any_number_of_endpoints_are_served()
    {
        using IDisposable? first = _gate.TryEnter("a"), second = _gate.TryEnter("a"), other = _gate.TryEnter("b");
        Assert.True(first is not null && second is not null && other is not null);
        Assert.Null(_gate.TryEnter("a"));
        Assert.Equal((true, false), (_gate.IsFull("a"), _gate.IsFull("b")));

        first.Dispose();
        Assert.False(_gate.IsFull("a"));
    }

    [Fact]
    public void An_endpoint_is_slow_while_it_lets_somebody_wait_and_until_it_answers_quickly_again()
    {
        IDisposable hanging = _gate.TryEnter("a")!;
        Assert.False(_gate.IsSlow("a"));
        _clock.Advance(EndpointGate.SlowAfter + TimeSpan.FromMilliseconds(1));
        Assert.True(_gate.IsSlow("a"));
        hanging.Dispose();
        Assert.True(_gate.IsSlow("a"));

        _gate.TryEnter("a")!.Dispose();
        Assert.False(_gate.IsSlow("a"));
    }

    [Fact]
    public void Who_is_not_let_in_comes_back_later_the_more_there_are_and_within_a_minute()
    {
        using IDisposable? first = _gate.TryEnter("a"), second = _gate.TryEnter("a");
        Assert.Equal(TimeSpan.FromSeconds(1), _gate.WaitFor("a"));
        _clock.Advance(TimeSpan.FromSeconds(10));

        TimeSpan[] waits = [.. Enumerable.Range(0, 100).Select(_ => _gate.WaitFor("a"))];

        Assert.Equal(
            [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(15)], waits[..3]);
        Assert.Equal(TimeSpan.FromMinutes(1), waits[^1]);
    }
}
