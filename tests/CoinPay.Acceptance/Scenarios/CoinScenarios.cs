using System.Text.Json.Nodes;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Nodes;
using Xunit;

namespace CoinPay.Acceptance.Scenarios;

/// <summary>
/// What can befall a payment on a chain of the Bitcoin family, told by the whole gateway on a real node: the same scenarios
/// on both coins. Two confirmations make an invoice paid.
/// </summary>
public abstract class CoinScenarios(CoinWorld world) : IAsyncLifetime
{
    private const decimal LowFee = 0.0005m, HighFee = 0.005m;

    private Bitcoind Node => world.Node;

    public ValueTask InitializeAsync()
    {
        if (world.Missing is { } reason)
            Assert.Skip(reason);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_payment_that_a_reorg_of_six_unconfirms_counts_again_when_it_is_mined_again()
    {
        CoinInvoice invoice = await world.InvoiceAsync();
        string payment = await PayAsync(invoice);
        await Node.MineAsync();
        await invoice.IsAsync("confirming");

        await Node.ReorgAsync(6);
        await invoice.IsAsync("detected");
        await invoice.HasAsync(payment, "seen");
        await Node.MineAsync(2);

        ApiAnswer paid = await invoice.IsAsync("paid");
        Assert.Equal(("0.5", 1), (paid["received.confirmed"], paid.Json["transactions"]!.AsArray().Count));
    }

    [Fact]
    public async Task A_paid_invoice_that_a_reorg_of_six_unpays_is_paid_again_under_the_same_key()
    {
        CoinInvoice invoice = await world.InvoiceAsync();
        await PayAsync(invoice);
        await Node.MineAsync(6);
        ApiAnswer paid = await invoice.IsAsync("paid");

        await Node.ReorgAsync(6);
        ApiAnswer reverted = await invoice.IsAsync("detected");
        Assert.True(Version(reverted) > Version(paid));
        Assert.Equal("0", reverted["received.confirmed"]);
        await invoice.IsToldAsync("invoice.payment_reverted");
        await Node.MineAsync(2);

        ApiAnswer again = await invoice.IsAsync("paid");
        Assert.Equal(paid["fulfilment.key"], again["fulfilment.key"]);
        Assert.Single(again.Json["transactions"]!.AsArray());
    }

    [Theory]
    [InlineData(1, "confirming")]
    [InlineData(3, "paid")]
    public async Task A_payment_that_a_reorg_of_six_drops_for_good_leaves_the_invoice_open(int blocks, string before)
    {
        CoinInvoice invoice = await world.InvoiceAsync();
        // In the new branch its coin is not mature: no mempool takes the payment back.
        string payment = await Node.SendAsync(await Node.TakeYoungestCoinbaseAsync(), LowFee, (invoice.Address, invoice.Amount));
        await Node.MineAsync(blocks);
        await invoice.IsAsync(before);

        await Node.ReorgAsync(6);
        await invoice.IsAsync("created");
        Assert.Null((await invoice.HasAsync(payment, "reorged"))["replaced_by"]);
        await invoice.IsToldAsync("invoice.payment_reverted");
    }

    [Fact]
    public async Task A_payment_that_is_replaced_by_one_to_another_address_is_gone_and_names_what_took_its_place()
    {
        CoinInvoice invoice = await world.InvoiceAsync();
        Coin coin = await Node.TakeCoinAsync();
        string payment = await Node.SendAsync(coin, LowFee, (invoice.Address, invoice.Amount));
        await invoice.IsAsync("detected");

        string elsewhere = await Node.SendAsync(coin, HighFee, (await Node.NewAddressAsync(), invoice.Amount));
        await invoice.IsAsync("created");
        Assert.Equal(elsewhere, (await invoice.HasAsync(payment, "replaced"))["replaced_by"]!.GetValue<string>());
        await invoice.IsToldAsync("invoice.payment_reverted");
        await invoice.IsFoundByAsync(elsewhere, $"Transaction {payment} was replaced by {elsewhere}.");
    }

    [Fact]
    public async Task A_payment_whose_fee_is_bumped_is_counted_once()
    {
        CoinInvoice invoice = await world.InvoiceAsync();
        Coin coin = await Node.TakeCoinAsync();
        string payment = await Node.SendAsync(coin, LowFee, (invoice.Address, invoice.Amount));
        await invoice.IsAsync("detected");

        string bumped = await Node.SendAsync(coin, HighFee, (invoice.Address, invoice.Amount));
        Assert.Equal(bumped, (await invoice.HasAsync(payment, "replaced"))["replaced_by"]!.GetValue<string>());
        await invoice.HasAsync(bumped, "seen");
        await Node.MineAsync(2);

        ApiAnswer paid = await invoice.IsAsync("paid");
        Assert.Equal(("0.5", "0.5"), (paid["received.seen"], paid["received.confirmed"]));
        await invoice.HasAsync(bumped, "confirmed");
        await invoice.HasAsync(payment, "replaced");
    }

    [Fact]
    public async Task A_double_spend_that_a_reorg_mines_takes_a_paid_invoice_back()
    {
        CoinInvoice invoice = await world.InvoiceAsync();
        Coin coin = await Node.TakeCoinAsync();
        RawTransaction doubleSpend = await Node.SignAsync(coin, LowFee, (await Node.NewAddressAsync(), invoice.Amount));
        string payment = await Node.SendAsync(coin, LowFee, (invoice.Address, invoice.Amount));
        await Node.MineAsync(2);
        await invoice.IsAsync("paid");

        await Node.ReorgAsync(3, doubleSpend);
        await invoice.IsAsync("created");
        Assert.Equal(doubleSpend.Id, (await invoice.HasAsync(payment, "replaced"))["replaced_by"]!.GetValue<string>());
        await invoice.IsToldAsync("invoice.payment_reverted");
    }

    [Fact]
    public async Task A_child_that_pays_for_its_parent_changes_nothing_for_the_invoice()
    {
        CoinInvoice invoice = await world.InvoiceAsync(amount: 2.5m);
        string payment = await PayAsync(invoice);
        await invoice.IsAsync("detected");

        Coin unconfirmed = await Node.OutputToAsync(payment, invoice.Address);
        await Node.SendAsync(unconfirmed, HighFee);
        await Node.MineAsync(2);

        ApiAnswer paid = await invoice.IsAsync("paid");
        JsonNode only = Assert.Single(paid.Json["transactions"]!.AsArray())!;
        Assert.Equal((payment, "2.5"), (only["tx_hash"]!.GetValue<string>(), paid["received.confirmed"]));
    }

    [Fact]
    public async Task Two_invoices_are_paid_by_one_transaction()
    {
        CoinInvoice first = await world.InvoiceAsync(0.5m), second = await world.InvoiceAsync(0.7m);
        string payment = await Node.SendAsync(
            await Node.TakeCoinAsync(), LowFee, (first.Address, first.Amount), (second.Address, second.Amount));
        await first.IsAsync("detected");
        await Node.MineAsync(2);

        Assert.Equal("0.5", (await first.IsAsync("paid"))["received.confirmed"]);
        Assert.Equal("0.7", (await second.IsAsync("paid"))["received.confirmed"]);
        Assert.NotEqual(
            (await first.HasAsync(payment, "confirmed"))["index"]!.GetValue<string>(),
            (await second.HasAsync(payment, "confirmed"))["index"]!.GetValue<string>());
    }

    [Fact]
    public async Task Several_payments_add_up()
    {
        CoinInvoice invoice = await world.InvoiceAsync();
        await PayAsync(invoice, 0.2m);
        await Node.MineAsync();
        await PayAsync(invoice, 0.2m);
        await PayAsync(invoice, 0.1m);
        await Node.MineAsync(2);

        ApiAnswer paid = await invoice.IsAsync("paid");
        Assert.Equal(("0.5", 3), (paid["received.confirmed"], paid.Json["transactions"]!.AsArray().Count));
    }

    [Fact]
    public async Task A_node_that_was_away_for_two_hundred_blocks_has_lost_nothing()
    {
        CoinInvoice before = await world.InvoiceAsync(), meanwhile = await world.InvoiceAsync();
        string seen = await PayAsync(before);
        await before.IsAsync("detected");

        await Node.StopAsync(goesOn: true);
        await PayAsync(meanwhile);
        await Node.MineAsync(200);
        Assert.Equal("detected", (await world.ReadAsync(before.Id))["status"]);
        await Node.StartAgainAsync();

        await before.IsAsync("paid");
        await meanwhile.IsAsync("paid");
        await before.HasAsync(seen, "confirmed");
        Assert.Equal(0, world.Told(before.Id, "invoice.payment_reverted"));
    }

    private async Task<string> PayAsync(CoinInvoice invoice, decimal? amount = null) =>
        await Node.SendAsync(await Node.TakeCoinAsync(), LowFee, (invoice.Address, amount ?? invoice.Amount));

    private static int Version(ApiAnswer invoice) => int.Parse(invoice["version"]!);
}

/// <summary>On bitcoind.</summary>
public sealed class BitcoinScenarioTests(BitcoinWorld world) : CoinScenarios(world), IClassFixture<BitcoinWorld>;

/// <summary>On litecoind.</summary>
public sealed class LitecoinScenarioTests(LitecoinWorld world) : CoinScenarios(world), IClassFixture<LitecoinWorld>;
