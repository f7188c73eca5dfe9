using System.Net;
using Azure.Data.Tables;
using CoinPay.Acceptance.World;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Processes;
using Xunit;

namespace CoinPay.Acceptance.Cli;

/// <summary>An account is lost. What a backup held, taken while the gateway ran, goes on in another.</summary>
public sealed class RestoreTests : IClassFixture<TestWorld>, IAsyncLifetime
{
    private const int Orders = 24;
    private readonly TestWorld _world;
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("backup-").FullName, "backup");
    private Azurite _other = null!;

    public RestoreTests(TestWorld world) => _world = world;

    public async ValueTask InitializeAsync() => _other = await Azurite.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _other.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);
    }

    [Fact]
    public async Task What_waited_is_paid_and_what_was_due_is_delivered_in_another_account()
    {
        ApiAnswer paid = await PaidAsync(_world.Merchant);
        ApiAnswer waiting = (await _world.CreateUsdtInvoiceAsync("7")).Expect(HttpStatusCode.Created);
        string due = await UndeliveredAsync();
        ApiAnswer bitcoin = await BackUpUnderLoadAsync();
        await _world.Gateway.KillAsync();

        (int code, string output) = await OperationsProcess.RunAsync(_other.ConnectionString, "restore", _folder);
        Assert.True(code == 1 && output.StartsWith("Not done: say --skip-addresses.", StringComparison.Ordinal), output);
        (code, output) = await OperationsProcess.RunAsync(_other.ConnectionString, "restore", _folder, "--skip-addresses=19");
        Assert.True(code == 0, output);
        Assert.Contains("CHECK AGAIN", output, StringComparison.Ordinal);
        (code, output) = await OperationsProcess.RunAsync(_other.ConnectionString, "reconcile");
        Assert.True(code == 0, output);
        Assert.Contains(" agree.", output, StringComparison.Ordinal);
        await RequireAskedAsync(waiting["id"]!);

        await MakeDueAsync(due);
        _world.Receiver.Answer = _ => 204;
        int tried = _world.Receiver.Of(due).Count();
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(_other.ConnectionString, _world.Networks());
        using Api merchant = new(gateway.Address, _world.MerchantKey);
        await _world.PayTokenAsync(waiting["payment.address"]!, 7_000_000);
        await _world.Anvil.MineAsync(int.Parse(waiting["confirmation_policy.required"]!));

        await WaitAsync(merchant, waiting["id"]!, "paid", gateway);
        Assert.Equal("paid", (await merchant.GetAsync("/v1/invoices/" + paid["id"]))["status"]);
        await _world.WaitForAsync(
            () => Task.FromResult(_world.Receiver.Of(due).Count()), count => count > tried, "a delivery of " + due);
        Assert.Single(_world.Receiver.Of(due)
            .Where(received => received.Type == "invoice.cancelled").Select(received => received.Id).Distinct());
        Assert.NotEqual(bitcoin["payment.address"], (await BitcoinAsync(merchant))["payment.address"]);

        (code, output) = await OperationsProcess.RunAsync(_other.ConnectionString, "restore", _folder, "--skip-addresses=19");
        Assert.True(code == 1 && output.Contains("is not empty", StringComparison.Ordinal), output);
    }

    /// <summary>The new account has no orchestration: the sweeper starts those of invoices that are to look again.</summary>
    private async Task RequireAskedAsync(string invoiceId)
    {
        TableClient watches = new(_other.ConnectionString, "Watches");
        string key = "pending!" + invoiceId;
        string filter = TableClient.CreateQueryFilter($"RowKey eq {key}");
        await foreach (TableEntity _ in watches.QueryAsync<TableEntity>(filter, cancellationToken: TestContext.Current.CancellationToken))
            return;
        Assert.Fail(invoiceId + " is not asked to look again");
    }

    private async Task<ApiAnswer> PaidAsync(Api merchant)
    {
        ApiAnswer invoice = (await _world.CreateUsdtInvoiceAsync("5")).Expect(HttpStatusCode.Created);
        await _world.PayTokenAsync(invoice["payment.address"]!, 5_000_000);
        await _world.Anvil.MineAsync(int.Parse(invoice["confirmation_policy.required"]!));
        await WaitAsync(merchant, invoice["id"]!, "paid", _world.Gateway);
        return invoice;
    }

    /// <summary>A cancelled invoice of which the merchant's endpoint was told in vain.</summary>
    private async Task<string> UndeliveredAsync()
    {
        string id = (await _world.CreateUsdtInvoiceAsync("6")).Expect(HttpStatusCode.Created)["id"]!;
        _world.Receiver.Answer = received => received.InvoiceId == id ? 500 : 204;
        (await _world.Merchant.PostAsync($"/v1/invoices/{id}/cancel", null)).Expect(HttpStatusCode.OK);
        await _world.WaitForWebhookAsync(id, "invoice.cancelled");
        return id;
    }

    /// <summary>
    /// The pauses between attempts grow to minutes, and how many went by until the backup hangs on the machine: what waits for
    /// its next one in the new account is due now.
    /// </summary>
    private async Task MakeDueAsync(string invoiceId)
    {
        TableClient deliveries = new(_other.ConnectionString, "Deliveries");
        string filter = TableClient.CreateQueryFilter($"Subject eq {invoiceId} and Status eq {"pending"}");
        int waiting = 0;
        await foreach (TableEntity row in deliveries.QueryAsync<TableEntity>(filter, cancellationToken: TestContext.Current.CancellationToken))
        {
            row["NextAttemptAt"] = DateTimeOffset.UtcNow.AddMinutes(-1);
            await deliveries.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, TestContext.Current.CancellationToken);
            waiting++;
        }
        Assert.NotEqual(0, waiting);
    }

    /// <summary>Orders come in and are paid while the tables are copied; gives the last order in bitcoin.</summary>
    private async Task<ApiAnswer> BackUpUnderLoadAsync()
    {
        Task orders = Parallel.ForAsync(0, Orders, async (number, _) =>
        {
            ApiAnswer order = (await _world.CreateUsdtInvoiceAsync("1")).Expect(HttpStatusCode.Created);
            if (number % 2 == 0)
                await _world.PayTokenAsync(order["payment.address"]!, 1_000_000);
        });
        (int code, string output) = await OperationsProcess.RunAsync(_world.Azurite.ConnectionString, "backup", _folder);
        Assert.True(code == 0, output);
        await orders;
        return await BitcoinAsync(_world.Merchant);
    }

    private static async Task<ApiAnswer> BitcoinAsync(Api merchant) => (await merchant.PostAsync(
        "/v1/invoices",
        new { price = new { amount = "0.01", currency = "BTC" }, network = "bitcoin-regtest", asset = "BTC" })).Expect(HttpStatusCode.Created);

    private async Task WaitAsync(Api merchant, string id, string status, GatewayProcess gateway) => await _world.WaitForAsync(
        () => merchant.GetAsync("/v1/invoices/" + id), invoice => invoice["status"] == status, $"{id} to be {status}\n{gateway.Log}");
}
