using System.Collections.Concurrent;
using System.Diagnostics;
using Azure.Data.Tables;
using CoinPay.Testing.Processes;

namespace CoinPay.Benchmarks;

/// <summary>
/// What a paid invoice and an idle gateway cost in storage requests, and how many invoices are created and paid in a second.
/// </summary>
internal static class InvoiceBenchmark
{
    private const int Paid = 5;
    private const int PaidTogether = 20;
    private const int Open = 1_000;
    private const int AtOnce = 16;
    private const int WarmUp = 100;
    private const int Created = 1_000;
    private const int Inserts = 3_000;
    private const int WholeLives = 400;
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SettleDown = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(2);

    public static async Task RunAsync()
    {
        Report.Head("invoice");
        await CountAsync();
        await CountIdleAsync();
    }

    public static async Task RunLivesAsync()
    {
        Report.Head("lives");
        await MeasureCreationAsync();
        await MeasureLivesAsync();
    }

    private static async Task CountAsync()
    {
        await using Azurite azurite = await Azurite.StartAsync();
        await using StorageCounter counter = await StorageCounter.StartAsync(azurite.ConnectionString);
        await using Shop shop = await Shop.StartAsync(counter.ConnectionString);
        await LiveAsync(shop, counter, 1, TimeSpan.Zero);
        await CountAsync(shop, counter, new(1, Paid, TimeSpan.Zero), "no other open");
        await CountAsync(shop, counter, new(1, 1, TimeSpan.FromMinutes(1)), "no other open, paid after a minute");
        await CountAsync(shop, counter, new(PaidTogether, 1, TimeSpan.Zero), $"{PaidTogether} at once, no others open");
        await AtOnceAsync(Open, _ => shop.CreateAsync());
        await UntilAllRunAsync(counter);
        await CountAsync(shop, counter, new(1, Paid, TimeSpan.Zero), $"{Open} others open");
        await CountAsync(shop, counter, new(PaidTogether, 1, TimeSpan.Zero),
            $"{PaidTogether} at once, {Open} others open");
    }

    private static async Task CountAsync(Shop shop, StorageCounter counter, Lives lives, string what)
    {
        List<StorageCall> theirs = [], others = [];
        Stopwatch took = Stopwatch.StartNew();
        for (int round = 0; round < lives.Rounds; round++)
        {
            (string[] ids, IReadOnlyList<StorageCall> calls) = await LiveAsync(shop, counter, lives.AtOnce, lives.Wait);
            foreach (StorageCall call in calls)
                (IsOf(ids, call) ? theirs : others).Add(call);
        }
        int invoices = lives.AtOnce * lives.Rounds;
        List<StorageCall> ours = theirs.FindAll(call => call.Owner == StorageOwner.App);
        List<StorageCall> durable = theirs.FindAll(call => call.Owner == StorageOwner.Durable);
        Report.Title($"Storage requests of a paid invoice, created to webhook delivered: {what}, mean of {invoices}");
        Report.Line("all (aim 100)", $"{(double)theirs.Count / invoices,8:F2}");
        Report.Line("ours (aim 40)", $"{(double)ours.Count / invoices,8:F2}");
        Report.Operations(ours, invoices);
        Report.Line("the Durable Task backend's", $"{(double)durable.Count / invoices,8:F2}");
        Report.Operations(durable, invoices);
        Report.Line("whether or not there are invoices, a minute", $"{others.Count / took.Elapsed.TotalMinutes,8:F0}");
    }

    /// <summary>
    /// Invoices created, paid, confirmed block by block, their webhooks delivered. All that storage saw meanwhile.
    /// </summary>
    private static async Task<(string[] Ids, IReadOnlyList<StorageCall> Calls)> LiveAsync(
        Shop shop, StorageCounter counter, int atOnce, TimeSpan wait)
    {
        await Task.Delay(Quiet);
        counter.Take();
        (string Id, string Address)[] invoices =
            await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => shop.CreateAsync()));
        await Task.Delay(Quiet + wait);
        await shop.PayAsync([.. invoices.Select(invoice => invoice.Address)]);
        for (int block = 1; block < Shop.Confirmations; block++)
        {
            await Task.Delay(2 * PollInterval);
            await shop.MineAsync();
        }
        await shop.WaitAsync(() => invoices.All(invoice => shop.HasWebhook(invoice.Id)), "the webhooks");
        await Task.Delay(Quiet);
        return ([.. invoices.Select(invoice => invoice.Id)], counter.Take());
    }

    /// <summary>
    /// Not an invoice's is what the gateway does whether or not there is one: the cursor is stored, new watches and lost work are
    /// looked for, empty queues are read, leases are renewed. Whatever names a row or carries a message is.
    /// </summary>
    private static bool IsOf(string[] invoices, StorageCall call) => (call.Service, call.Place, call.Kind) switch
    {
        ("Blob", _, _) => false,
        ("Queue", _, _) => !call.IsEmptyReceive,
        (_, "Chains", "update") => false,
        (_, "Merchants", "query") => call.Names("mer_"),
        (_, _, "query") => invoices.Any(call.Names),
        _ => call.Owner != StorageOwner.Host,
    };

    /// <summary>What a gateway without invoices asks of storage.</summary>
    private static async Task CountIdleAsync()
    {
        await using Azurite azurite = await Azurite.StartAsync();
        await using StorageCounter counter = await StorageCounter.StartAsync(azurite.ConnectionString);
        await using Shop shop = await Shop.StartAsync(counter.ConnectionString);
        await Task.Delay(SettleDown);
        counter.Take();
        await Task.Delay(Idle);
        IReadOnlyList<StorageCall> calls = counter.Take();
        Report.Title($"Idle, over {Idle}, polls each second");
        Report.Line("storage requests a minute", $"{calls.Count / Idle.TotalMinutes,8:F1}");
        foreach (IGrouping<StorageOwner, StorageCall> owner in calls.GroupBy(call => call.Owner).OrderBy(owner => owner.Key))
        {
            Report.Line($"{owner.Key}", $"{owner.Count() / Idle.TotalMinutes,8:F1}");
            Report.Operations(owner, Idle.TotalMinutes);
        }
    }

    /// <summary>
    /// Whole lives: created a few at a time, all paid in one block, two more blocks, one webhook each. Straight to Azurite.
    /// </summary>
    private static async Task MeasureLivesAsync()
    {
        await using Azurite azurite = await Azurite.StartAsync();
        await using Shop shop = await Shop.StartAsync(azurite.ConnectionString);
        await CreateAsync(shop, WarmUp);
        await Task.Delay(Quiet);
        ConcurrentBag<(string Id, string Address)> made = [];
        Stopwatch took = Stopwatch.StartNew();
        await AtOnceAsync(WholeLives, async _ => made.Add(await shop.CreateAsync()));
        TimeSpan created = took.Elapsed;
        await shop.PayAsync([.. made.Select(invoice => invoice.Address)]);
        TimeSpan paid = took.Elapsed;
        for (int block = 1; block < Shop.Confirmations; block++)
        {
            await Task.Delay(2 * PollInterval);
            await shop.MineAsync();
        }
        await shop.WaitAsync(() => made.All(invoice => shop.HasWebhook(invoice.Id)), "the webhooks");
        Report.Title($"{WholeLives} whole lives, created {AtOnce} at a time, paid in one block");
        Report.Line("lives/s, all in all (aim 15)", $"{WholeLives / took.Elapsed.TotalSeconds,8:F1}");
        Report.Line("created after", $"{created.TotalSeconds,8:F1} s");
        Report.Line("paid on the chain after", $"{paid.TotalSeconds,8:F1} s");
        Report.Line("last webhook after", $"{took.Elapsed.TotalSeconds,8:F1} s");
    }

    /// <summary>
    /// Until the orchestrations of all that was created wait: nothing but background passes for a while.
    /// </summary>
    private static async Task UntilAllRunAsync(StorageCounter counter)
    {
        do
        {
            counter.Take();
            await Task.Delay(Quiet);
        }
        while (counter.Take().Any(call => call.Service == "Table" && IsOf([], call)));
    }

    /// <summary>
    /// Straight to Azurite, which does the creations' other work at the same time: starting and advancing each.
    /// </summary>
    private static async Task MeasureCreationAsync()
    {
        await using Azurite azurite = await Azurite.StartAsync();
        double inserts = await InsertAsync(azurite.ConnectionString);
        await using Shop shop = await Shop.StartAsync(azurite.ConnectionString);
        await CreateAsync(shop, WarmUp);
        await Task.Delay(Quiet);
        (TimeSpan took, IReadOnlyCollection<TimeSpan> each) = await CreateAsync(shop, Created);
        double creations = Created / took.TotalSeconds;
        Report.Title($"{Created} invoices created, {AtOnce} at a time");
        Report.Line("raw inserts of one entity/s, same store", $"{inserts,8:F0}");
        Report.Line("creations/s", $"{creations,8:F1}");
        Report.Line("ratio (aim 0.5)", $"{creations / inserts,8:F2}");
        Report.Line("p50", $"{Report.Percentile(each, 0.5).TotalMilliseconds,8:F0} ms");
        Report.Line("p95", $"{Report.Percentile(each, 0.95).TotalMilliseconds,8:F0} ms");
    }

    private static async Task<(TimeSpan Took, IReadOnlyCollection<TimeSpan> Each)> CreateAsync(Shop shop, int count)
    {
        ConcurrentBag<TimeSpan> each = [];
        TimeSpan took = await AtOnceAsync(count, async _ =>
        {
            Stopwatch one = Stopwatch.StartNew();
            await shop.CreateAsync();
            each.Add(one.Elapsed);
        });
        return (took, each);
    }

    private static async Task<double> InsertAsync(string storage)
    {
        TableClient table = new(storage, "Raw");
        await table.CreateIfNotExistsAsync();
        Task Insert(int number) =>
            table.AddEntityAsync(
                new TableEntity($"p{number % 16}", Guid.NewGuid().ToString("N")) { ["Json"] = new string('x', 500) });
        await AtOnceAsync(WarmUp, Insert);
        return Inserts / (await AtOnceAsync(Inserts, Insert)).TotalSeconds;
    }

    private static async Task<TimeSpan> AtOnceAsync(int count, Func<int, Task> one)
    {
        Stopwatch took = Stopwatch.StartNew();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (number, _) => await one(number));
        return took.Elapsed;
    }

    /// <param name="AtOnce">Invoices of one round.</param>
    /// <param name="Rounds">One after the other, some seconds apart: what is remembered for seconds is read
    /// again.</param>
    /// <param name="Wait">From creation to payment.</param>
    private sealed record Lives(int AtOnce, int Rounds, TimeSpan Wait);
}
