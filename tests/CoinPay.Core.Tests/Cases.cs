namespace CoinPay.Tests.Core;

/// <summary>How many random cases a property is tried on: COINPAY_CASES, or as many as take a moment.</summary>
internal static class Cases
{
    private const int Default = 1_000;

    public static long Count { get; } =
        long.TryParse(Environment.GetEnvironmentVariable("COINPAY_CASES"), out long count) && count > 0 ? count : Default;

    /// <summary>So few that the tests are to be quick, as scripts/mutate.sh runs them a thousand times: long ones are skipped.</summary>
    public static bool AreFew => Count < Few;

    private const int Few = 100;
}
