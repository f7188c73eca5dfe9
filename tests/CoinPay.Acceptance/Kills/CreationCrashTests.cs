using System.Net;
using Azure.Data.Tables;
using CoinPay.Acceptance.World;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Processes;
using Xunit;

namespace CoinPay.Acceptance.Kills;

/// <summary>
/// kill -9 just before or just after a write of creating an invoice. The client's retry, or the sweeper alone, must leave one
/// invoice, one watch and one running orchestration. COINPAY_CREATION_KILLS says at how many of the writes (scripts/soak.sh: at
/// each), COINPAY_SEED repeats the choice.
/// </summary>
public sealed class CreationCrashTests(CrashWorld world, ITestOutputHelper output) : IClassFixture<CrashWorld>
{
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("COINPAY_CREATION_KILLS") ?? "1");
    private static readonly int Seed = int.Parse(Environment.GetEnvironmentVariable("COINPAY_SEED") ?? $"{Environment.TickCount}");

    /// <summary>The writes of a creation in their order; the last is the start of the orchestration.</summary>
    private static readonly string[] Writes = ["Idempotency", CheckoutLink, "Watches", "Invoices", Start];

    private const string Start = "CoinPayInstances";

    /// <summary>Written at the same time as the watch, and the only one that may stand already.</summary>
    private const string CheckoutLink = "Index";

    private static readonly Crash[] All =
    [
        .. from network in (string[])["anvil", "bitcoin-regtest"] from table in Writes from before in (bool[])[true, false]
           select new Crash(network, table, before, Retried: true),
        new("anvil", Start, Before: true, Retried: false),
    ];

    [Fact]
    public async Task A_creation_that_dies_between_two_writes_is_healed()
    {
        output.WriteLine($"COINPAY_SEED={Seed} COINPAY_CREATION_KILLS={Kills} of {All.Length}");
        Crash[] crashes = [.. All];
        new Random(Seed).Shuffle(crashes);
        List<(string Key, string InvoiceId)> created = [];
        foreach (Crash crash in crashes.Take(Kills))
        {
            output.WriteLine(crash.Key);
            await CrashAsync(crash.Network, crash.Key, crash.Table, crash.Before);
            await world.Gateway.StartAsync();
            created.Add((crash.Key, crash.Retried ? await RetryAsync(crash) : await world.StoredInvoiceAsync(crash.Key)));
        }
        foreach ((string key, string invoiceId) in created)
            await world.HasOneOfEachAsync(key, invoiceId);
    }

    private async Task<string> RetryAsync(Crash crash)
    {
        ApiAnswer answer = await world.WaitForAsync(
            () => CreateAsync(crash.Network, crash.Key),
            retried => retried.Status == HttpStatusCode.Created,
            "the retry of " + crash.Key);
        ApiAnswer again = (await CreateAsync(crash.Network, crash.Key)).Expect(HttpStatusCode.Created);
        Assert.Equal(answer.Text, again.Text);
        Assert.Equal("true", again.Headers.GetValues("Idempotent-Replayed").Single());
        return answer["id"]!;
    }

    private async Task CrashAsync(string network, string key, string table, bool before)
    {
        int crashes = 0;
        TaskCompletionSource dead = new(TaskCreationOptions.RunContinuationsAsynchronously);
        async Task<bool> Kill(StorageWrite write)
        {
            if (!write.Touches(table) || write.Method != (table == CheckoutLink ? "PUT" : "POST") || Interlocked.Exchange(ref crashes, 1) == 1)
                return crashes == 1;
            await world.Gateway.KillAsync();
            dead.SetResult();
            return true;
        }
        if (before)
            world.Proxy.Before = Kill;
        else
            world.Proxy.After = Kill;
        try
        {
            await CreateAsync(network, key);
        }
        catch (HttpRequestException)
        {
            // The process is gone; a start that follows the answer may die after it.
        }
        // The next process starts only once this one is gone, or the kill under way would take it too.
        await dead.Task.WaitAsync(TimeSpan.FromMinutes(2));
        world.Proxy.Before = world.Proxy.After = _ => Task.FromResult(false);
    }

    private Task<ApiAnswer> CreateAsync(string network, string key) => network == "anvil"
        ? world.CreateUsdtInvoiceAsync(idempotencyKey: key)
        : world.CreateBitcoinInvoiceAsync(idempotencyKey: key);

    /// <summary>A kill before or after a write to a table; unless the client retries, the sweeper alone must heal it.</summary>
    private sealed record Crash(string Network, string Table, bool Before, bool Retried)
    {
        public string Key => $"{Network}-{Table}-{(Before ? "before" : "after")}{(Retried ? "" : "-sweeper-alone")}";
    }
}

/// <summary>A world whose gateway reaches its tables through a proxy.</summary>
public sealed class CrashWorld : TestWorld
{
    internal StorageProxy Proxy { get; private set; } = null!;

    internal override async Task<string> StorageAsync()
    {
        Proxy = await StorageProxy.StartAsync(Azurite);
        return Proxy.ConnectionString;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Proxy.DisposeAsync();
    }

    /// <summary>The invoice that an idempotency key chose.</summary>
    internal async Task<string> StoredInvoiceAsync(string key)
    {
        string hash = CoinPay.Functions.Platform.Storage.Key.Hash("CreateInvoice\n" + key);
        TableEntity row = await Table("Idempotency").GetEntityAsync<TableEntity>(CoinPay.Functions.Platform.Storage.Key.Of(MerchantId + "-test", hash[..2]), hash);
        return row.GetString("ResourceId");
    }

    /// <summary>One invoice, one watch, acknowledged, and one orchestration that runs, for the id that the key chose.</summary>
    internal async Task HasOneOfEachAsync(string key, string invoiceId)
    {
        Assert.Equal(await StoredInvoiceAsync(key), invoiceId);
        Assert.Single(await Table("Invoices").QueryAsync<TableEntity>(
            row => row.PartitionKey == MerchantId + "!" + invoiceId && row.RowKey == "snapshot").ToListAsync());
        using Api payer = new(Gateway.Address, null);
        (await payer.GetAsync($"/pay/{invoiceId}/status")).Expect(HttpStatusCode.OK);
        Assert.Single(await Table("Watches").QueryAsync<TableEntity>(row => row.RowKey == "watch!" + invoiceId).ToListAsync());
        await WaitForAsync(
            async () => await Table("Watches").QueryAsync<TableEntity>(row => row.RowKey == "watch!" + invoiceId).FirstAsync(),
            watch => watch.GetBoolean("Acknowledged") == true,
            $"{invoiceId} ({key}) to be acknowledged");
        using Api management = new(Gateway.Address, null);
        ApiAnswer instance = await management.GetAsync(
            $"/runtime/webhooks/durabletask/instances/{invoiceId}?code={Uri.EscapeDataString(GatewayProcess.SystemKey)}");
        Assert.Contains(instance["runtimeStatus"], new[] { "Running", "Pending" });
        ApiAnswer second = await management.GetAsync(
            $"/runtime/webhooks/durabletask/instances/{Uri.EscapeDataString(invoiceId + "!2")}?code={Uri.EscapeDataString(GatewayProcess.SystemKey)}");
        Assert.Equal(HttpStatusCode.NotFound, second.Status);
    }

    private TableClient Table(string name) => new(Azurite.ConnectionString, name);
}
