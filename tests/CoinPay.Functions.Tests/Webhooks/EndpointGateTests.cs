using CoinPay.Functions.Webhooks.Deliveries;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Functions.Tests.Webhooks;

public sealed class EndpointGateTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.Zero));
    private readonly EndpointGate _gate;

    public EndpointGateTests() => _gate = new(_clock);

    [Fact]
    public async Task Two_are_let_through_to_an_endpoint_and_any_number_of_endpoints_are_served()
    {
        using IDisposable? first = await EnterAsync("a"), second = await EnterAsync("a"), other = await EnterAsync("b");
        Assert.True(first is not null && second is not null && other is not null);
        ValueTask<IDisposable?> third = EnterAsync("a"), fourth = EnterAsync("a");
        Assert.False(third.IsCompleted || fourth.IsCompleted);

        first.Dispose();
        using IDisposable? next = await third;
        Assert.NotNull(next);
        Assert.False(fourth.IsCompleted);
        next.Dispose();
        using IDisposable? last = await fourth;
        Assert.NotNull(last);
    }

    [Fact]
    public async Task Nobody_waits_longer_than_a_moment_and_nobody_at_all_where_a_moment_is_not_enough()
    {
        using IDisposable? first = await EnterAsync("a"), second = await EnterAsync("a");
        ValueTask<IDisposable?> third = EnterAsync("a");
        Assert.False(_gate.IsFull("a"));
        _clock.Advance(TimeSpan.FromMilliseconds(251));
        Assert.Null(await third);

        Assert.True(_gate.IsFull("a"));
        Assert.Null(await EnterAsync("a"));
        first!.Dispose();
        using IDisposable? again = await EnterAsync("a");
        Assert.NotNull(again);
        Assert.Null(await EnterAsync("a"));
    }

    [Fact]
    public async Task Eight_may_wait_and_who_gives_up_leaves_its_turn_to_the_next()
    {
        IDisposable? first = await EnterAsync("a");
        using IDisposable? second = await EnterAsync("a");
        using CancellationTokenSource stopping = new();
        ValueTask<IDisposable?> third = _gate.EnterAsync("a", stopping.Token);
        ValueTask<IDisposable?>[] others = [.. Enumerable.Range(0, 7).Select(_ => EnterAsync("a"))];
        Assert.True(_gate.IsFull("a"));
        Assert.Null(await EnterAsync("a"));

        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third.AsTask());
        first!.Dispose();
        foreach (ValueTask<IDisposable?> other in others)
        {
            IDisposable? pass = await other;
            Assert.NotNull(pass);
            pass.Dispose();
        }
        using IDisposable? free = await EnterAsync("a");
        Assert.NotNull(free);
    }

    [Fact]
    public async Task An_endpoint_is_slow_while_it_lets_somebody_wait_and_until_it_answers_quickly_again()
    {
        IDisposable hanging = (await EnterAsync("a"))!;
        Assert.False(_gate.IsSlow("a"));
        _clock.Advance(EndpointGate.SlowAfter + TimeSpan.FromMilliseconds(1));
        Assert.True(_gate.IsSlow("a"));
        hanging.Dispose();
        Assert.True(_gate.IsSlow("a"));

        (await EnterAsync("a"))!.Dispose();
        Assert.False(_gate.IsSlow("a"));
    }

    [Fact]
    public async Task Who_is_not_let_in_comes_back_later_the_more_there_are_and_within_a_minute()
    {
        using IDisposable? first = await EnterAsync("a"), second = await EnterAsync("a");
        Assert.Equal(TimeSpan.FromSeconds(1), _gate.WaitFor("a"));
        _clock.Advance(TimeSpan.FromSeconds(10));

        TimeSpan[] waits = [.. Enumerable.Range(0, 100).Select(_ => _gate.WaitFor("a"))];

        Assert.Equal(
            [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(15)], waits[..3]);
        Assert.Equal(TimeSpan.FromMinutes(1), waits[^1]);
    }

    private ValueTask<IDisposable?> EnterAsync(string endpoint) => _gate.EnterAsync(endpoint, CancellationToken.None);
}
