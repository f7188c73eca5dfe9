using System.Diagnostics;
using CoinPay.Testing.Processes;

namespace CoinPay.Benchmarks;

/// <summary>
/// How soon the merchant is told of a payment: from the moment at which the node shows it in a block to the first POST that tells of it.
/// One invoice at a time with pauses in between, because a hub with nothing to do looks at its queues most rarely.
/// COINPAY_HUB_POLL and COINPAY_QUEUE_POLL (as 00:00:00.250) set the longest pause between two looks at the hub's queues and
/// at the webhooks' queues; without them the host's own apply.
/// </summary>
internal static class LatencyBenchmark
{
    private static readonly int Payments = int.Parse(Environment.GetEnvironmentVariable("COINPAY_PAYMENTS") ?? "40");
    private static readonly TimeSpan MinPause = TimeSpan.Parse(Environment.GetEnvironmentVariable("COINPAY_PAUSE") ?? "00:00:08");
    private static readonly TimeSpan Poll = TimeSpan.Parse(Environment.GetEnvironmentVariable("COINPAY_POLL") ?? "00:00:01");
    private static readonly TimeSpan Aim = Poll + TimeSpan.FromSeconds(1);

    public static async Task RunAsync()
    {
        Dictionary<string, string?> settings = new(StringComparer.Ordinal) { ["CoinPay__Networks__anvil__PollInterval"] = Poll.ToString() };
        Take(settings, "COINPAY_HUB_POLL", "AzureFunctionsJobHost__extensions__durableTask__storageProvider__maxQueuePollingInterval");
        Take(settings, "COINPAY_QUEUE_POLL", "AzureFunctionsJobHost__extensions__queues__maxPollingInterval");
        await using Azurite azurite = await Azurite.StartAsync();
        await using Shop shop = await Shop.StartAsync(azurite.ConnectionString, ["invoice.confirming"], settings);
        List<TimeSpan> each = [];
        for (int payment = 0; payment <= Payments; payment++)
        {
            (string id, string address) = await shop.CreateAsync();
            // Not in step with the polls.
            await Task.Delay(MinPause + (Poll * Random.Shared.NextDouble()));
            await shop.PayAsync([address]);
            long seen = Stopwatch.GetTimestamp();
            await shop.WaitAsync(() => shop.HasWebhook(id), "the webhook");
            // The first one warms all up.
            if (payment > 0)
                each.Add(Stopwatch.GetElapsedTime(seen));
        }
        Report.Title($"From a payment in a block to the first webhook about it, {Payments} payments after {MinPause} of quiet");
        foreach ((string name, string? value) in settings)
            Report.Line(name.Split("__")[^1], value!);
        foreach (double share in (double[])[0.5, 0.95, 1])
            Report.Line($"p{share * 100} (aim for p95: {Aim.TotalMilliseconds:N0} ms)", $"{Report.Percentile(each, share).TotalMilliseconds,8:F0} ms");
    }

    private static void Take(Dictionary<string, string?> settings, string variable, string setting)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value)
            settings[setting] = value;
    }
}
