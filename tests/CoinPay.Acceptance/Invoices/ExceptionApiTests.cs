using System.Net;
using System.Text.Json.Nodes;
using CoinPay.Acceptance.World;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Servers;
using Xunit;

namespace CoinPay.Acceptance.Invoices;

/// <summary>The queue of exceptions, fulfilment and search on the live gateway and real chains.</summary>
[Collection(nameof(TestWorld))]
public sealed class ExceptionApiTests(TestWorld world)
{
    [Fact]
    public async Task Money_for_a_cancelled_invoice_waits_for_a_person_who_accepts_it_and_then_the_goods_go_out_once()
    {
        ApiAnswer invoice = (await world.CreateUsdtInvoiceAsync("5")).Expect(HttpStatusCode.Created);
        string id = invoice["id"]!;
        string fulfilments = $"/v1/invoices/{id}/fulfilments";
        (await world.Merchant.PostAsync($"/v1/invoices/{id}/cancel", null)).Expect(HttpStatusCode.OK);
        string hash = await world.PayTokenAsync(invoice["payment.address"]!, 5_000_000);
        await world.Anvil.MineAsync(5);
        await world.WaitForStatusAsync(id, "late_paid");
        Received told = await world.WaitForWebhookAsync(id, "invoice.exception_opened");
        Assert.Equal("late", told.Json["data"]!["invoice"]!["exceptions"]![0]!["type"]!.GetValue<string>());

        JsonNode exception = await OpenExceptionAsync("late", id);
        Assert.Equal("5", exception["amount"]!.GetValue<string>());
        (await world.Merchant.PostAsync(fulfilments, new { key = "ful_0" })).ExpectProblem(HttpStatusCode.UnprocessableEntity, "fulfilment_key_mismatch");
        ApiAnswer search = (await world.Merchant.GetAsync("/v1/search?q=" + hash.ToUpperInvariant())).Expect(HttpStatusCode.OK);
        JsonNode match = Assert.Single(search.Json["data"]!.AsArray())!;
        Assert.Equal("transaction", match["matched_by"]!.GetValue<string>());
        Assert.Contains("late", match["explanation"]!.GetValue<string>(), StringComparison.Ordinal);

        string resolve = $"/v1/exceptions/{exception["id"]}/resolve";
        (await world.Merchant.PostAsync(resolve, new { action = "top_up_requested" })).ExpectProblem(HttpStatusCode.UnprocessableEntity, "action_not_allowed");
        (await world.Merchant.PostAsync(resolve, new { action = "nonsense" })).ExpectProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await world.Merchant.PostAsync(resolve, new { action = "accept_as_paid", confirm_settlement_address = TestWorld.SettlementAddress }))
            .ExpectProblem(HttpStatusCode.BadRequest, "unknown_field");
        ApiAnswer resolved = (await world.Merchant.PostAsync(resolve, new { action = "accept_as_paid", note = "customer called" }))
            .Expect(HttpStatusCode.OK);
        Assert.Equal(("resolved", "accept_as_paid", "customer called"), (resolved["status"], resolved["resolution.action"], resolved["resolution.note"]));
        Assert.StartsWith("key_", resolved["resolution.by"], StringComparison.Ordinal);
        Assert.Equal(resolved.Text, (await world.Merchant.PostAsync(resolve, new { action = "accept_as_paid" })).Expect(HttpStatusCode.OK).Text);
        (await world.Merchant.PostAsync(resolve, new { action = "ignore" })).ExpectProblem(HttpStatusCode.Conflict, "exception_resolved");

        ApiAnswer paid = await world.WaitForStatusAsync(id, "paid");
        string key = paid["fulfilment.key"]!;
        Assert.Equal("due", paid["fulfilment.status"]);
        ApiAnswer first = (await world.Merchant.PostAsync(fulfilments, new { key })).Expect(HttpStatusCode.Created);
        Assert.Equal(first.Text, (await world.Merchant.PostAsync(fulfilments, new { key })).Expect(HttpStatusCode.OK).Text);
        Assert.Equal("fulfilled", (await world.InvoiceAsync(id))["fulfilment.status"]);
        await world.WaitForWebhookAsync(id, "invoice.exception_resolved");
        await world.WaitForWebhookAsync(id, "invoice.paid");
    }

    [Fact]
    public async Task Money_in_another_asset_is_an_exception_that_a_person_closes()
    {
        ApiAnswer invoice = (await world.CreateUsdtInvoiceAsync("7")).Expect(HttpStatusCode.Created);
        string id = invoice["id"]!;
        (await world.Merchant.PostAsync($"/v1/invoices/{id}/fulfilments", new { key = "ful_0" }))
            .ExpectProblem(HttpStatusCode.UnprocessableEntity, "fulfilment_key_mismatch");
        await world.Anvil.SendTransactionAsync(invoice["payment.address"], 1_500_000_000_000_000_000, "0x");
        await world.Anvil.MineAsync(5);

        JsonNode exception = await OpenExceptionAsync("wrong_asset", id);
        Assert.Equal(("1.5", "ETH"), (exception["amount"]!.GetValue<string>(), exception["symbol"]!.GetValue<string>()));
        JsonNode found = Assert.Single((await world.Merchant.GetAsync("/v1/search?q=" + id)).Expect(HttpStatusCode.OK).Json["data"]!.AsArray())!;
        Assert.Contains("did not bring the asset that is due. It brought 1.5 ETH.", found["explanation"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("1.5", (await world.InvoiceAsync(id)).Json["transactions"]![0]!["amount"]!.GetValue<string>());
        string path = $"/v1/exceptions/{exception["id"]}";
        (await world.Merchant.PostAsync(path + "/resolve", new { action = "ignore", amount_base = "1400000000000000000" }))
            .ExpectProblem(HttpStatusCode.Conflict, "exception_changed");
        (await world.Merchant.PostAsync(path + "/resolve", new { action = "ignore", amount_base = "-1" }))
            .ExpectProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await world.Merchant.PostAsync(path + "/resolve", new { action = "write_off", amount_base = "1500000000000000000" }))
            .Expect(HttpStatusCode.OK);
        ApiAnswer reopened = (await world.Merchant.PostAsync(path + "/reopen", new { note = "wrong one" })).Expect(HttpStatusCode.OK);
        Assert.Equal(("open", "wrong one"), (reopened["status"], reopened["reopened.note"]));
        Assert.Equal(reopened.Text, (await world.Merchant.PostAsync(path + "/reopen", null)).Expect(HttpStatusCode.OK).Text);
        await OpenExceptionAsync("wrong_asset", id);
        (await world.Merchant.PostAsync($"/v1/exceptions/{exception["id"]}/resolve", new { action = "ignore", note = "sent back by hand" }))
            .Expect(HttpStatusCode.OK);
        ApiAnswer open = (await world.Merchant.GetAsync("/v1/exceptions?status=open&type=wrong_asset")).Expect(HttpStatusCode.OK);
        Assert.DoesNotContain(open.Json["data"]!.AsArray(), row => row!["invoice_id"]!.GetValue<string>() == id);
        ApiAnswer one = (await world.Merchant.GetAsync("/v1/exceptions/" + exception["id"])).Expect(HttpStatusCode.OK);
        Assert.Equal("resolved", one["status"]);
        Assert.Equal("created", (await world.InvoiceAsync(id))["status"]);
    }

    [Fact]
    public async Task An_invoice_is_found_by_its_address_order_reference_and_id_and_by_nobody_else()
    {
        ApiAnswer invoice = (await world.Merchant.PostAsync(
            "/v1/invoices",
            new
            {
                order_id = "Order/77 #x",
                customer_reference = "c-77",
                price = new { amount = "3", currency = "USDT" },
                network = "anvil",
                asset = "USDT",
            })).Expect(HttpStatusCode.Created);
        string id = invoice["id"]!;
        foreach ((string q, string by) in new[]
        {
            (invoice["payment.address"]!, "address"), ("order/77 #X", "order_id"), ("c-77", "customer_reference"), (id, "invoice_id"),
        })
        {
            ApiAnswer found = await world.WaitForAsync(
                () => world.Merchant.GetAsync("/v1/search?q=" + Uri.EscapeDataString(q)),
                answer => answer.Json["data"]!.AsArray().Count > 0,
                "search for " + q);
            JsonNode match = Assert.Single(found.Json["data"]!.AsArray())!;
            Assert.Equal((id, by), (match["invoice"]!["id"]!.GetValue<string>(), match["matched_by"]!.GetValue<string>()));
        }
        ApiAnswer other = (await world.Operator.PostAsync("/v1/merchants", new { name = "Another Shop" })).Expect(HttpStatusCode.Created);
        using Api stranger = new(world.Gateway.Address, other["api_key"]);
        foreach (string q in new[] { id, "c-77" })
            Assert.Empty((await stranger.GetAsync("/v1/search?q=" + q)).Expect(HttpStatusCode.OK).Json["data"]!.AsArray());
        (await world.Merchant.GetAsync("/v1/search?q=")).ExpectProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await stranger.GetAsync("/v1/exceptions/exc_00000000000000000000000000")).ExpectProblem(HttpStatusCode.NotFound, "not_found");
        (await world.Merchant.GetAsync("/v1/exceptions?type=odd")).ExpectProblem(HttpStatusCode.BadRequest, "invalid_request");
    }

    private async Task<JsonNode> OpenExceptionAsync(string type, string invoiceId)
    {
        ApiAnswer list = await world.WaitForAsync(
            () => world.Merchant.GetAsync($"/v1/exceptions?status=open&type={type}"),
            answer => answer.Json["data"]!.AsArray().Any(row => row!["invoice_id"]!.GetValue<string>() == invoiceId),
            $"{type} of {invoiceId}");
        return list.Json["data"]!.AsArray().First(row => row!["invoice_id"]!.GetValue<string>() == invoiceId)!;
    }
}
