using CoinPay.Benchmarks;

switch (args)
{
    case ["durable"]:
        await DurableBenchmark.RunAsync();
        return 0;
    case ["invoice"]:
        await InvoiceBenchmark.RunAsync();
        return 0;
    case ["lives"]:
        await InvoiceBenchmark.RunLivesAsync();
        return 0;
    case ["latency"]:
        Report.Head("latency");
        await LatencyBenchmark.RunAsync();
        return 0;
    case ["start"]:
        await StartBenchmark.RunAsync();
        return 0;
    case ["webhooks"]:
        await WebhookBenchmark.RunAsync();
        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: scripts/bench.sh durable|invoice|lives|latency|start|webhooks");
        return 2;
}
