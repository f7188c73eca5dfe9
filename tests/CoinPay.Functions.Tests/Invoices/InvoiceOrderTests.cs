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

    private static InvoiceOrder Read(string asset)
    {
        object body = new { price = new { amount = "1", currency = asset }, network = "anvil", asset };
        Merchant merchant = new()
        {
            Id = "mer_1",
            Name = "A shop",
            Policy = new(),
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch,
        };
        return InvoiceOrder.Read(
            RequestBody.Of(JsonSerializer.SerializeToUtf8Bytes(body)), new Networks([Edge.Anvil]), livemode: false, merchant);
    }
}
