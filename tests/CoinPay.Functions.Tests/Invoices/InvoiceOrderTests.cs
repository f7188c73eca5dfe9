using System.Text.Json;
using CoinPay.Chains;
using CoinPay.Functions.Http;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Merchants;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Functions.Tests.Invoices;

public sealed class InvoiceOrderTests
{
    [Theory]
    [InlineData("ETH")]
    [InlineData("eip155:31337/slip44:60")]
    [InlineData("EIP155:31337/SLIP44:60")]
    public void A_price_in_the_asset_itself_names_it_as_the_invoice_does(string asset)
    {
        InvoiceOrder order = Read(asset);
        Assert.Equal("ETH", order.Asset.Asset.Symbol);
        Assert.Equal(order.Asset.Asset, order.ExactDue?.Asset);
    }

    [Theory]
    [InlineData("eth", "eth", "ANVIL", "ETH")]
    [InlineData("eur", "ETH", "anvil", "EUR")]
    [InlineData("Eur", "Eth", "EIP155:31337", "EUR")]
    public void Names_of_currencies_assets_and_networks_may_be_in_any_case(string currency, string asset, string network, string expected)
    {
        InvoiceOrder order = Read(asset, currency, network);
        Assert.Equal((expected, "ETH", "anvil"), (order.Price.Currency, order.Asset.Asset.Symbol, order.Network.Name));
    }

    [Theory]
    [InlineData("5.00000", "EUR", true)]
    [InlineData("5.12345", "EUR", false)]
    [InlineData("1.0000000000000000000", "ETH", true)]
    [InlineData("1.0000000000000000001", "ETH", false)]
    public void Zeros_beyond_the_unit_are_taken_and_other_digits_refused(string amount, string currency, bool isRight)
    {
        if (isRight)
            Assert.Equal(amount, Read("ETH", currency, amount: amount).Price.Amount);
        else
            Assert.Equal("invalid_amount", Assert.Throws<ProblemException>(() => Read("ETH", currency, amount: amount)).Problem.Code);
    }

    [Theory]
    [InlineData("XYZ")]
    [InlineData("USD")]
    [InlineData("BTC")]
    [InlineData("euros")]
    public void A_currency_that_is_not_offered_is_refused_and_those_that_are_are_named(string currency)
    {
        Problem problem = Assert.Throws<ProblemException>(() => Read("ETH", currency)).Problem;
        Assert.Equal((400, "unsupported_currency", null), (problem.Status, problem.Code, problem.RetryAfter));
        Assert.Equal(("/price/currency", "Not offered for payments in ETH. Offered: ETH, EUR."), (problem.Errors[0].Pointer, problem.Errors[0].Detail));
    }

    private static InvoiceOrder Read(string asset, string? currency = null, string network = "anvil", string amount = "1")
    {
        object body = new { price = new { amount, currency = currency ?? asset }, network, asset };
        Merchant merchant = new()
        {
            Id = "mer_1",
            Name = "A shop",
            Policy = new(),
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch,
        };
        Networks networks = new([Edge.Anvil]);
        return InvoiceOrder.Read(
            RequestBody.Of(JsonSerializer.SerializeToUtf8Bytes(body)), networks, TestCurrencies.Of(networks, "EUR:ETH"), livemode: false, merchant);
    }
}
