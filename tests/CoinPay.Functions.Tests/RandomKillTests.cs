using System.Net;
using Azure.Data.Tables;
using CoinPay.Functions.Tests.World;
using Xunit;

namespace CoinPay.Functions.Tests;

/// <summary>
/// kill -9 at random moments while a shop goes on creating invoices and customers go on paying them, on real nodes.
/// COINPAY_KILLS says how often (scripts/soak.sh: 100), COINPAY_SEED repeats a run's moments.
/// </summary>
public sealed class RandomKillTests(TestWorld world, ITestOutputHelper output) : IClassFixture<TestWorld>
{
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("COINPAY_KILLS") ?? "3");
    private static readonly int Seed = int.Parse(Environment.GetEnvironmentVariable("COINPAY_SEED") ?? $"{Environment.TickCount}");
    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly Random _random = new(Seed);

    [Fact]
    public async Task Whatever_is_paid_ends_paid_with_one_line_a_payment_and_one_id_an_event()
    {
        output.WriteLine($"COINPAY_SEED={Seed} COINPAY_KILLS={Kills}");
        List<string> invoices = [];
        for (int kill = 0; kill < Kills; kill++)
        {
            Task<string> token = SellAsync("anvil", kill);
            Task<string> bitcoin = SellAsync("bitcoin-regtest", kill);
            await Task.Delay(_random.Next((int)LongestLife.TotalMilliseconds));
            await world.Gateway.KillAsync();
            await world.Gateway.StartAsync();
            invoices.Add(await token);
            invoices.Add(await bitcoin);
        }
        await world.Anvil.MineAsync(20);
        await world.Bitcoind.MineAsync(6);

        foreach (string id in invoices)
            await EndedWellAsync(id);
    }

    /// <summary>Creates an invoice, however often that takes, and pays it.</summary>
    private async Task<string> SellAsync(string network, int number)
    {
        ApiAnswer invoice = await CreateAsync(network, $"kill-{network}-{number}");
        string address = invoice["payment.address"]!;
        if (network == "anvil")
            await world.PayTokenAsync(address, 49_900_000);
        else
            await world.Bitcoind.PayAsync(address, 0.015m);
        await (network == "anvil" ? world.Anvil.MineAsync(2) : world.Bitcoind.MineAsync());
        return invoice["id"]!;
    }

    private async Task<ApiAnswer> CreateAsync(string network, string key)
    {
        while (true)
        {
            try
            {
                ApiAnswer answer = network == "anvil"
                    ? await world.CreateUsdtInvoiceAsync(idempotencyKey: key)
                    : await world.CreateBitcoinInvoiceAsync(idempotencyKey: key);
                if (answer.Status == HttpStatusCode.Created)
                    return answer;
                Assert.True(answer.Status is HttpStatusCode.Conflict or HttpStatusCode.InternalServerError, answer.Text);
            }
            catch (HttpRequestException)
            {
                // The gateway is down: a shop tries again with the same key.
            }
            await Task.Delay(Pause);
        }
    }

    private async Task EndedWellAsync(string id)
    {
        ApiAnswer paid = await world.WaitForStatusAsync(id, "paid");
        Assert.Single(paid.Json["transactions"]!.AsArray());
        await world.WaitForWebhookAsync(id, "invoice.paid");
        foreach (IGrouping<string, Received> told in world.Receiver.Of(id).GroupBy(received => received.Type))
            Assert.Single(told.Select(received => received.Id).Distinct());

        string partition = $"{world.MerchantId}!{id}";
        List<TableEntity> lines = await new TableClient(world.Azurite.ConnectionString, "Invoices")
            .QueryAsync<TableEntity>(row => row.PartitionKey == partition)
            .Where(row => row.RowKey.StartsWith("line!", StringComparison.Ordinal))
            .ToListAsync();
        // The payment comes in once, and goes to the merchant once.
        Assert.Equal(["world:" + Network(paid), "invoice:" + id], lines.Select(line => line.GetString("Source")));
    }

    private static string Network(ApiAnswer invoice) =>
        invoice["payment.network"]!.StartsWith("eip155:", StringComparison.Ordinal) ? "anvil" : "bitcoin-regtest";
}
