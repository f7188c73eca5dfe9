using Xunit;

namespace CoinPay.Host.Tests.World;

/// <summary>Waits for what comes about in another process.</summary>
internal static class Eventually
{
    /// <summary>Work under way in a process that is killed comes back after a minute or more, and the machine may be busy.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);

    /// <param name="reached">Asked until it is true.</param>
    /// <param name="what">What is waited for, with what is known when it did not come.</param>
    public static async Task UntilAsync(Func<Task<bool>> reached, Func<string> what)
    {
        for (long from = TimeProvider.System.GetTimestamp(); !await reached(); await Task.Delay(LookAgain, TestContext.Current.CancellationToken))
            if (TimeProvider.System.GetElapsedTime(from) > Patience)
                Assert.Fail($"did not come about in {Patience}: {what()}");
    }

    public static Task UntilAsync(Func<bool> reached, Func<string> what) => UntilAsync(() => Task.FromResult(reached()), what);
}
