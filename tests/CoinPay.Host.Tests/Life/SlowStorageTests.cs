using System.Net.Sockets;
using Azure;
using CoinPay.Host.Instance;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace CoinPay.Host.Tests.Life;

/// <summary>Storage on a busy machine can be slow while a host starts; storage that refuses or is not running is told at once.</summary>
public sealed class SlowStorageTests
{
    private static readonly Exception Slow = new AggregateException(new TaskCanceledException(), new TaskCanceledException());
    private int _calls;

    [Fact]
    public async Task A_start_waits_for_storage_that_is_only_slow()
    {
        await StartAsync(Slow, Slow, null);
        Assert.Equal(3, _calls);
    }

    [Fact]
    public async Task A_start_does_not_wait_for_storage_that_is_not_running_or_refuses()
    {
        Exception away = new AggregateException(
            new TaskCanceledException(), new RequestFailedException(0, "away", new SocketException()));
        Assert.Same(away, await Assert.ThrowsAsync<AggregateException>(() => StartAsync(away)));
        await Assert.ThrowsAsync<RequestFailedException>(() => StartAsync(new RequestFailedException(403, "refused")));
        Assert.Equal(2, _calls);
    }

    [Fact]
    public async Task A_stop_ends_the_wait()
    {
        await Assert.ThrowsAsync<AggregateException>(() => HostStorage.WhileSlowAsync(
            () => throw Slow, NullLogger.Instance, new CancellationToken(canceled: true)));
    }

    /// <param name="failures">What each call throws; null if it succeeds.</param>
    private Task StartAsync(params Exception?[] failures)
    {
        int next = 0;
        return HostStorage.WhileSlowAsync(
            () =>
            {
                _calls++;
                return failures[next++] is { } failure ? Task.FromException(failure) : Task.CompletedTask;
            },
            NullLogger.Instance, TestContext.Current.CancellationToken);
    }
}
