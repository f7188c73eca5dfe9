using System.Net;
using CoinPay.Functions.Tests.World;
using Xunit;

namespace CoinPay.Functions.Tests;

/// <summary>kill -9 of the real process, on real nodes and Azurite. Each test has a world of its own: it kills its gateway.</summary>
public sealed class KillTests(TestWorld world) : IClassFixture<TestWorld>
{
    [Fact]
    public async Task An_invoice_on_anvil_that_was_confirming_at_a_kill_ends_paid_once()
    {
        ApiAnswer invoice = (await world.CreateUsdtInvoiceAsync()).Expect(HttpStatusCode.Created);
        await world.PayTokenAsync(invoice["payment.address"]!, 49_900_000);
        await world.WaitForStatusAsync(invoice["id"]!, "confirming");

        await world.Gateway.KillAsync();
        await world.Anvil.MineAsync(int.Parse(invoice["confirmation_policy.required"]!));
        await world.Gateway.StartAsync();

        await EndsPaidOnceAsync(invoice["id"]!);
    }

    [Fact]
    public async Task An_invoice_on_regtest_that_was_confirming_at_a_kill_ends_paid_once()
    {
        ApiAnswer invoice = (await world.CreateBitcoinInvoiceAsync()).Expect(HttpStatusCode.Created);
        await world.Bitcoind.PayAsync(invoice["payment.address"]!, 0.015m);
        await world.Bitcoind.MineAsync();
        await world.WaitForStatusAsync(invoice["id"]!, "confirming");

        await world.Gateway.KillAsync();
        await world.Bitcoind.MineAsync(int.Parse(invoice["confirmation_policy.required"]!));
        await world.Gateway.StartAsync();

        await EndsPaidOnceAsync(invoice["id"]!);
    }

    private async Task EndsPaidOnceAsync(string id)
    {
        await world.WaitForStatusAsync(id, "paid");
        Received told = await world.WaitForWebhookAsync(id, "invoice.paid");
        // Told at least once, under one id: attempts may repeat, events may not.
        Assert.Single(world.Receiver.Of(id).Where(received => received.Type == "invoice.paid").Select(received => received.Id).Distinct());
        ApiAnswer paid = await world.InvoiceAsync(id);
        Assert.Equal(paid["version"], told.Json["state_version"]!.ToString());
        Assert.Single(paid.Json["transactions"]!.AsArray());
    }
}
