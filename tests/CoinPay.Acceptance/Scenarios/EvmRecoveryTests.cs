using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text.Json.Nodes;
using CoinPay.Acceptance.Chains;
using CoinPay.Acceptance.World;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Nodes;
using Xunit;

namespace CoinPay.Acceptance.Scenarios;

/// <summary>
/// Money that does not come as the invoice says, on two real anvils through the whole gateway: on another network, all the
/// way to the settlement address there, and from contracts, without a log.
/// </summary>
public sealed class EvmRecoveryTests(TwoChainWorld world) : IClassFixture<TwoChainWorld>
{
    private const int Required = 3;
    private static readonly BigInteger Price = 10_000_000_000_000_000;

    [Fact]
    public async Task Tokens_on_another_network_pay_nothing_until_the_merchant_takes_them_and_then_come_to_its_address_there()
    {
        TestToken token = new(world.West, TestWorld.Token);
        ApiAnswer invoice = (await world.CreateUsdtInvoiceAsync("6")).Expect(HttpStatusCode.Created);
        string id = invoice["id"]!;
        BigInteger before = await token.BalanceOfAsync(TestWorld.SettlementAddress);
        await token.MintAsync(invoice["payment.address"]!, 6_000_000);
        await world.West.MineAsync(Required);
        ApiAnswer seen = await world.WaitForAsync(
            () => world.InvoiceAsync(id),
            read => read.Json["transactions"]!.AsArray() is [{ } paid, ..] && paid["status"]!.GetValue<string>() == "confirmed",
            "the payment on the other network to be confirmed there");
        Assert.Equal($"{TwoChainWorld.WestId}/erc20:{TestWorld.Token}", seen.Json["transactions"]![0]!["asset"]!.GetValue<string>());
        Assert.Equal(("0", "0", "created"), (seen["received.seen"], seen["received.confirmed"], seen["status"]));

        string exception = await OpenExceptionAsync(id);
        await AgreeAsync(exception);
        Assert.Equal("0", (await world.WaitForStatusAsync(id, "paid"))["received.confirmed"]);
        ApiAnswer recovered = await RecoveredAsync(exception);
        Assert.Equal(("6", "6000000"), (recovered["recovery.amount"], recovered["recovery.amount_base"]));
        Assert.Equal(before + 6_000_000, await token.BalanceOfAsync(TestWorld.SettlementAddress));
        Assert.Equal(0, await token.BalanceOfAsync(invoice["payment.address"]!));
        await IsToldAsync(id, recovered["recovery.tx_hash"]!);
    }

    [Fact]
    public async Task Ether_from_a_contract_is_found_when_the_price_expires_and_pays_here_or_waits_for_the_merchant_there()
    {
        ApiAnswer here = await CreateEtherInvoiceAsync(), there = await CreateEtherInvoiceAsync();
        (string transaction, long height) = await SendHiddenAsync(world.Anvil, here["payment.address"]!);
        await SendHiddenAsync(world.West, there["payment.address"]!);
        await world.Anvil.MineAsync(9);
        await world.West.MineAsync(9);
        DateTimeOffset expiresAt = DateTimeOffset.Parse(here["expires_at"]!, CultureInfo.InvariantCulture);
        await world.WaitForAsync(() => Task.FromResult(DateTimeOffset.UtcNow), now => now > expiresAt, "the price to expire");

        ApiAnswer paid = await world.WaitForStatusAsync(here["id"]!, "paid");
        JsonNode found = Assert.Single(paid.Json["transactions"]!.AsArray())!;
        Assert.Equal(
            (transaction, height, "native"),
            (found["tx_hash"]!.GetValue<string>(), found["block_height"]!.GetValue<long>(), found["index"]!.GetValue<string>()));

        string exception = await OpenExceptionAsync(there["id"]!);
        BigInteger before = await world.West.BalanceAsync(TestWorld.SettlementAddress);
        await AgreeAsync(exception);
        await RecoveredAsync(exception);
        Assert.Equal(before + Price, await world.West.BalanceAsync(TestWorld.SettlementAddress));
    }

    /// <summary>The merchant takes the money, once it has said what it must say and nothing else.</summary>
    private async Task AgreeAsync(string exception)
    {
        string resolve = $"/v1/exceptions/{exception}/resolve";
        (await world.Merchant.PostAsync(resolve, new { action = "accept_as_paid" }))
            .ExpectProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await world.Merchant.PostAsync(resolve, new { action = "ignore", confirm_settlement_address = TestWorld.SettlementAddress }))
            .ExpectProblem(HttpStatusCode.BadRequest, "unknown_field");
        (await world.Merchant.PostAsync(resolve, new { action = "accept_as_paid", confirm_settlement_address = Anvil.Accounts[0] }))
            .ExpectProblem(HttpStatusCode.UnprocessableEntity, "settlement_address_not_confirmed");
        ApiAnswer agreed = (await world.Merchant.PostAsync(
            resolve, new { action = "accept_as_paid", confirm_settlement_address = TestWorld.SettlementAddress.ToLowerInvariant() }))
            .Expect(HttpStatusCode.OK);
        Assert.Equal(("resolved", "pending"), (agreed["status"], agreed["recovery.status"]));
        Assert.Equal((TwoChainWorld.WestId, TestWorld.SettlementAddress), (agreed["recovery.network"], agreed["recovery.settlement_address"]));
    }

    /// <summary>Waits, while the other chain grows, until the money is booked.</summary>
    private Task<ApiAnswer> RecoveredAsync(string exception) => world.WaitForAsync(
        async () =>
        {
            await world.West.MineAsync();
            return (await world.Merchant.GetAsync("/v1/exceptions/" + exception)).Expect(HttpStatusCode.OK);
        },
        read => read["recovery.status"] == "recovered",
        "the money to be recovered");

    private async Task IsToldAsync(string id, string transaction)
    {
        JsonArray timeline = (await world.Merchant.GetAsync($"/v1/invoices/{id}/timeline")).Json["data"]!.AsArray();
        string[] types = [.. timeline.Select(row => row!["type"]!.GetValue<string>())];
        Assert.Equal(
            ["recovery_requested", "exception_resolved", "payment_accepted", "payment_detected", "invoice_paid", "money_recovered"],
            types.SkipWhile(type => type != "recovery_requested"));
        JsonNode shown = (await world.InvoiceAsync(id)).Json["exceptions"]![0]!["recovery"]!;
        Assert.Equal((transaction, "recovered"), (shown["tx_hash"]!.GetValue<string>(), shown["status"]!.GetValue<string>()));
        JsonNode receipt = JsonNode.Parse((await world.West.ReceiptAsync(transaction)).GetRawText())!;
        Assert.Equal("0x1", receipt["status"]!.GetValue<string>());
    }

    private async Task<string> OpenExceptionAsync(string invoiceId)
    {
        JsonNode? Find(ApiAnswer invoice) => invoice.Json["exceptions"]!.AsArray().FirstOrDefault(exception =>
            exception!["type"]!.GetValue<string>() == "wrong_network" && exception["status"]!.GetValue<string>() == "open");
        ApiAnswer invoice = await world.WaitForAsync(
            () => world.InvoiceAsync(invoiceId),
            read => Find(read) is not null && read.Json["transactions"]!.AsArray().All(paid => paid!["status"]!.GetValue<string>() == "confirmed"),
            "an exception of " + invoiceId);
        JsonNode open = Find(invoice)!;
        Assert.Equal(TestWorld.SettlementAddress, open["settlement_address"]!.GetValue<string>());
        string id = open["id"]!.GetValue<string>();
        await world.WaitForAsync(
            () => world.Merchant.GetAsync("/v1/exceptions/" + id), read => read.Status == HttpStatusCode.OK, id + " to be listed");
        return id;
    }

    private async Task<ApiAnswer> CreateEtherInvoiceAsync() => (await world.Merchant.PostAsync(
        "/v1/invoices",
        new { price = new { amount = "0.01", currency = "ETH" }, network = "anvil", asset = "ETH", expires_in_minutes = 1 }))
        .Expect(HttpStatusCode.Created);

    /// <summary>A contract passes the price on: no log tells of it, and no transaction names its recipient.</summary>
    private static async Task<(string Transaction, long Height)> SendHiddenAsync(Anvil anvil, string address)
    {
        string sender = await anvil.DeployAsync(TinyContract.Sender);
        string transaction = await anvil.SendTransactionAsync(sender, Price, "0x" + TestToken.Word(address));
        return (transaction, await anvil.HeightAsync());
    }
}
