using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Functions.Tests.Http;

/// <summary>What can only mean one thing is understood however it is written, and stored whole.</summary>
public sealed class SpellingTests
{
    private const string Order = """{"price":{"amount":"5","currency":"USDT"},"network":"anvil","asset":"USDT"}""";

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    [Fact]
    public async Task A_byte_order_mark_before_a_body_changes_nothing()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        (string merchant, string key) = await gateway.MerchantAsync();

        JsonNode created = await SendAsync(gateway, key, HttpMethod.Post, "/v1/invoices", Order, HttpStatusCode.Created, mark: true, "order-1");
        JsonNode again = await SendAsync(gateway, key, HttpMethod.Post, "/v1/invoices", Order, HttpStatusCode.Created, mark: false, "order-1");
        Assert.Equal(created["id"]!.ToString(), again["id"]!.ToString());
        await SendAsync(gateway, key, HttpMethod.Post, $"/v1/invoices/{created["id"]}/cancel", "", HttpStatusCode.OK, mark: true);
        await SendAsync(
            gateway, MemoryGateway.OperatorKey, HttpMethod.Patch, $"/v1/merchants/{merchant}", """{"name":"B"}""", HttpStatusCode.OK, mark: true);
        await SendAsync(
            gateway, MemoryGateway.OperatorKey, HttpMethod.Put, $"/v1/merchants/{merchant}/wallets/anvil",
            """{"kind":"forwarder","settlement_address":"0x70997970C51812dc3A010C7d01b50e0d17dc79C8"}""", HttpStatusCode.OK, mark: true);
    }

    [Theory]
    [InlineData("application/json;charset=utf8", HttpStatusCode.Created)]
    [InlineData("application/json; charset=UTF8", HttpStatusCode.Created)]
    [InlineData("Application/JSON; Charset=UTF-8", HttpStatusCode.Created)]
    [InlineData("application/json; charset=\"Utf8\"", HttpStatusCode.Created)]
    [InlineData("application/json; charset=utf-16", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json; charset=latin1", HttpStatusCode.UnsupportedMediaType)]
    public async Task UTF_8_is_known_by_each_of_its_names(string type, HttpStatusCode status)
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        (_, string key) = await gateway.MerchantAsync();
        await SendAsync(gateway, key, HttpMethod.Post, "/v1/invoices", Order, status, type: type);
    }

    [Fact]
    public async Task An_invoice_whose_every_text_is_as_long_as_allowed_is_stored_and_told_whole()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        (string merchant, string key) = await gateway.MerchantAsync();
        await SendAsync(
            gateway, MemoryGateway.OperatorKey, HttpMethod.Patch, $"/v1/merchants/{merchant}", """{"policy":{"return_hosts":["shop.example"]}}""",
            HttpStatusCode.OK);
        string text = string.Concat(Enumerable.Repeat("😀", 255)), url = "https://shop.example/" + string.Concat(Enumerable.Repeat("😀", 168));
        using Api api = new(gateway.Address, key);
        Dictionary<string, string> metadata = Enumerable.Range(0, 50).ToDictionary(i => $"k{i:D2}", _ => string.Concat(Enumerable.Repeat("😀", 19)));
        object Of(string reference, string returnUrl) => new
        {
            order_id = text,
            customer_reference = reference,
            price = new { amount = "5", currency = "USDT" },
            network = "anvil",
            asset = "USDT",
            return_url = returnUrl,
            metadata,
        };

        ApiAnswer created = (await api.PostAsync("/v1/invoices", Of(text, url))).Expect(HttpStatusCode.Created);

        Assert.Equal((text, text), (created["order_id"], created["customer_reference"]));
        Assert.Equal(created["id"], (await api.GetAsync($"/v1/invoices?order_id={Uri.EscapeDataString(text)}")).Expect(HttpStatusCode.OK).Json["data"]![0]!["id"]!.ToString());
        (await api.PostAsync("/v1/invoices", Of(text + "😀", url))).ExpectProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await api.PostAsync("/v1/invoices", Of(text, url + "😀"))).ExpectProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await api.GetAsync($"/v1/invoices?order_id={Uri.EscapeDataString(text + "😀")}")).ExpectProblem(HttpStatusCode.BadRequest, "invalid_request");
    }

    private static async Task<JsonNode> SendAsync(
        MemoryGateway gateway, string key, HttpMethod method, string path, string body, HttpStatusCode status, bool mark = false,
        string? idempotencyKey = null, string type = "application/json")
    {
        using HttpClient http = new() { BaseAddress = gateway.Address };
        using HttpRequestMessage request = new(method, path);
        request.Headers.Authorization = new("Bearer", key);
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        request.Content = new ByteArrayContent([.. mark ? ByteOrderMark : [], .. Encoding.UTF8.GetBytes(body)]);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        using HttpResponseMessage response = await http.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{method} {path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
