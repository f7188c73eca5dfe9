namespace CoinPay.Benchmarks;

internal static class InvoiceBenchmark
{
    public static Task RunAsync() => Task.CompletedTask;
}
