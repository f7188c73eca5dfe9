using CoinPay.Chains;
using Xunit;

namespace CoinPay.Functions.Tests.Watching;

public sealed class WatchWindowsTests
{
    [Fact]
    public void Each_window_is_shorter_than_the_next_by_a_minute_at_least()
    {
        TimeSpan[] windows = [WatchWindows.StoredWithin, WatchWindows.RenewedAfter, WatchWindows.ReadAgain, WatchWindows.KeptWhole];
        Assert.All(windows.Zip(windows.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromMinutes(1), $"{pair}"));
    }
}
