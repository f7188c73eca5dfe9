using CoinPay.Benchmarks;

switch (args)
{
    case ["durable"]:
        await DurableBenchmark.RunAsync();
        return 0;
    case ["invoice"]:
        await InvoiceBenchmark.RunAsync();
        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: scripts/bench.sh durable|invoice");
        return 2;
}
