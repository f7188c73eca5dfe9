using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Waits for what must come, as long as a machine under load may take: only a test that fails waits the whole time.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    public static Task UntilAsync(Func<bool> reached, [CallerArgumentExpression(nameof(reached))] string condition = "") =>
        UntilAsync(() => Task.FromResult(reached()), condition);

    public static async Task UntilAsync(Func<Task<bool>> reached, [CallerArgumentExpression(nameof(reached))] string condition = "")
    {
        for (Stopwatch waited = Stopwatch.StartNew(); !await reached(); await Task.Delay(Look))
            Assert.True(waited.Elapsed < Patience, $"waited {Patience} in vain for {condition}");
    }
}
