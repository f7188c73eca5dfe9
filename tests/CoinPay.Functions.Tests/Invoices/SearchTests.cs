using System.Net;
using System.Text.Json.Nodes;
using CoinPay.Chains;
using CoinPay.Functions.Invoices;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Functions.Tests.Invoices;

/// <summary>A search understands what people paste, finds all that matches, and says so when it does not understand.</summary>
public sealed class SearchTests
{
    private const string Hash = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b";
    private const string Evm = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
    private const string Bech32 = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

    private static readonly Networks Networks = new(OfferedNetworks.All);

    [Theory]
    [InlineData(Hash)]
    [InlineData("0x" + Hash)]
    [InlineData("0X4A5E1E4BAAB89F3A32518A88C31BC87F618F76673E2CC77AB2127B7AFDEDA33B")]
    [InlineData("https://etherscan.io/tx/0x" + Hash)]
    [InlineData("https://mempool.space/testnet/tx/" + Hash + "?mode=details")]
    [InlineData("https://explorer.example/#/transaction/" + Hash)]
    [InlineData("https://links.example/?to=https%3A%2F%2Fetherscan.io%2Ftx%2F0x" + Hash)]
    public void A_transaction_is_searched_for_with_and_without_0x_wherever_it_stands(string text)
    {
        SearchQuery query = SearchQuery.Read(text, Networks);
        Assert.Equal("transaction", query.ReadAs);
        Assert.Contains(Hash, query.Terms, StringComparer.OrdinalIgnoreCase);
        Assert.Contains("0x" + Hash, query.Terms, StringComparer.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(Evm, Evm)]
    [InlineData("70997970C51812dc3A010C7d01b50e0d17dc79C8", Evm)]
    [InlineData("ethereum:0x70997970C51812dc3A010C7d01b50e0d17dc79C8@31337?value=1", Evm)]
    [InlineData("ethereum:pay-0x70997970C51812dc3A010C7d01b50e0d17dc79C8", Evm)]
    [InlineData("ethereum:0xBc380aFEe72430Af28efC3810a8d4e250C75Da6b@31337/transfer?address=0x70997970C51812dc3A010C7d01b50e0d17dc79C8&uint256=1", Evm)]
    [InlineData("https://etherscan.io/address/0x70997970C51812dc3A010C7d01b50e0d17dc79C8#tokentxns", Evm)]
    [InlineData("eip155:31337:0x70997970C51812dc3A010C7d01b50e0d17dc79C8", Evm)]
    [InlineData("bitcoin:" + Bech32 + "?amount=0.1", Bech32)]
    [InlineData("BITCOIN:BCRT1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KYGT080", Bech32)]
    [InlineData("https://mempool.example/address/" + Bech32, Bech32)]
    public void An_address_is_searched_for_in_payment_URIs_and_links(string text, string address)
    {
        SearchQuery query = SearchQuery.Read(text, Networks);
        Assert.Equal("address", query.ReadAs);
        Assert.Contains(address, query.Terms, StringComparer.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("https://pay.example/pay/inv_01jdc3m6x8q2r4s6t8v0w2y4z6?utm_source=mail", "invoice_id")]
    [InlineData("https://pay.example/v1/invoices/inv_01jdc3m6x8q2r4s6t8v0w2y4z6/timeline", "invoice_id")]
    [InlineData("https://pay.example/v1/exceptions/exc_01jdc3m6x8q2r4s6t8v0w2y4z6", "exception_id")]
    [InlineData("A-1001", "text")]
    [InlineData("0x1234", "text")]
    [InlineData("lightning:lnbc1", "text")]
    public void Links_to_the_gateway_are_read_and_anything_else_is_text(string text, string readAs)
    {
        SearchQuery query = SearchQuery.Read(text, Networks);
        Assert.Equal(readAs, query.ReadAs);
        Assert.Equal(text, query.Terms[0]);
    }

    [Fact]
    public async Task An_invoice_is_found_by_each_of_its_links_and_URIs()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync(("CoinPay:PublicUrl", "https://pay.example"));
        (_, string key) = await gateway.MerchantAsync();
        using Api api = new(gateway.Address, key);
        ApiAnswer invoice = await CreateAsync(api, "c-1");
        await CreateAsync(api, "c-2");
        await gateway.QuietAsync();

        string address = invoice["payment.address"]!;
        foreach ((string text, string by) in new[]
        {
            (invoice["payment.uri"]!, "address"), (invoice["checkout_url"]!, "invoice_id"), (address[2..], "address"),
            ($"https://etherscan.example/address/{address}", "address"), ($"{gateway.Address}v1/invoices/{invoice["id"]}", "invoice_id"),
            ("c-1", "customer_reference"),
        })
        {
            ApiAnswer found = await SearchAsync(api, text);
            JsonNode match = Assert.Single(found.Json["data"]!.AsArray())!;
            Assert.Equal((invoice["id"], by), (match["invoice"]!["id"]!.ToString(), match["matched_by"]!.ToString()));
            Assert.Null(found["note"]);
        }
    }

    [Theory]
    [InlineData("nonsense", "was not understood as anything else. You can search for")]
    [InlineData(Hash, "no such transaction paid")]
    [InlineData(Evm, "None of your invoices has this address")]
    [InlineData("inv_01jdc3m6x8q2r4s6t8v0w2y4z6", "no invoice with this id")]
    public async Task A_search_that_finds_nothing_says_what_that_means(string text, string says)
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        (_, string key) = await gateway.MerchantAsync();
        using Api api = new(gateway.Address, key);
        ApiAnswer nothing = await SearchAsync(api, text);
        Assert.Empty(nothing.Json["data"]!.AsArray());
        Assert.Contains(says, nothing["note"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_matches_than_a_page_are_reached_by_the_cursor_newest_first()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        (_, string key) = await gateway.MerchantAsync();
        using Api api = new(gateway.Address, key);
        List<string> made = [];
        for (int i = 0; i < 25; i++)
            made.Add((await CreateAsync(api, "c-1"))["id"]!);
        await gateway.QuietAsync();

        List<string> read = [];
        string? cursor = "";
        for (int pages = 0; cursor is not null && pages < 10; pages++)
        {
            ApiAnswer page = await SearchAsync(api, "c-1", "&limit=10" + (cursor.Length == 0 ? "" : "&cursor=" + cursor));
            read.AddRange(page.Json["data"]!.AsArray().Select(match => match!["invoice"]!["id"]!.ToString()));
            cursor = page["next_cursor"];
        }

        Assert.Equal(made.OrderDescending(StringComparer.Ordinal), read);
        ApiAnswer first = await SearchAsync(api, "c-1");
        Assert.Equal((20, true), (first.Json["data"]!.AsArray().Count, first["next_cursor"] is not null));
    }

    private static async Task<ApiAnswer> CreateAsync(Api api, string reference) => (await api.PostAsync(
        "/v1/invoices",
        new { customer_reference = reference, price = new { amount = "5", currency = "USDT" }, network = "anvil", asset = "USDT" }))
        .Expect(HttpStatusCode.Created);

    private static async Task<ApiAnswer> SearchAsync(Api api, string text, string more = "") =>
        (await api.GetAsync($"/v1/search?q={Uri.EscapeDataString(text)}{more}")).Expect(HttpStatusCode.OK);
}
