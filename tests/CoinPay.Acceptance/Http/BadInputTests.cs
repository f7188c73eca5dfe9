using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using CoinPay.Acceptance.World;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Acceptance.Http;

/// <summary>A gateway with a second merchant that has a key, an endpoint and an invoice of its own.</summary>
public sealed class TwoMerchants : TestWorld, IAsyncLifetime
{
    internal Api Stranger { get; private set; } = null!;

    internal string StrangerId { get; private set; } = null!;

    internal string StrangersInvoice { get; private set; } = null!;

    internal string StrangersEndpoint { get; private set; } = null!;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        ApiAnswer merchant = (await Operator.PostAsync("/v1/merchants", new { name = "Stranger" })).Expect(
            HttpStatusCode.Created);
        StrangerId = merchant["id"]!;
        Stranger = new Api(Gateway.Address, merchant["api_key"]);
        (await Operator.PutAsync(
            $"/v1/merchants/{StrangerId}/wallets/anvil",
            new { kind = "forwarder", settlement_address = SettlementAddress }))
            .Expect(HttpStatusCode.OK);
        StrangersEndpoint = (
            await Stranger.PostAsync(
                "/v1/webhook-endpoints", new { url = Receiver.Address, events = new[] { "ping" } }))["id"]!;
        ApiAnswer invoice = await Stranger.PostAsync("/v1/invoices", JsonNode.Parse(BadInputTests.RightInvoice));
        Assert.True(invoice.Status == HttpStatusCode.Created, invoice.Text + Gateway.Log);
        StrangersInvoice = invoice["id"]!;
        await WaitUntilQuietAsync();
    }

    /// <summary>
    /// Every row of every table but those in which the poller keeps how far the chains have been read and the task hub its leases,
    /// and the audit log, which tells of refused calls too.
    /// </summary>
    internal async Task<string> DumpAsync()
    {
        TableServiceClient service = new(Azurite.ConnectionString);
        List<string> rows = [];
        await foreach (Azure.Data.Tables.Models.TableItem table in service.QueryAsync())
            if (table.Name is not ("Chains" or "CoinPayPartitions" or "Audit"))
                await foreach (TableEntity row in service.GetTableClient(table.Name).QueryAsync<TableEntity>())
                    rows.Add(
                        table.Name
                            + " "
                            + string.Join(' ', row.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(Shown)));
        rows.Sort(StringComparer.Ordinal);
        return string.Join('\n', rows);
    }

    public override async ValueTask DisposeAsync()
    {
        Stranger?.Dispose();
        await base.DisposeAsync();
    }

    private static string Shown(KeyValuePair<string, object> property) =>
        property.Key + "=" + (property.Value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : property.Value);

    /// <summary>
    /// What the set-up has set going (a start, a delivery) must have come to rest before rows are compared.
    /// </summary>
    private async Task WaitUntilQuietAsync()
    {
        string before = await DumpAsync();
        for (int quiet = 0; quiet < 3;)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            string now = await DumpAsync();
            quiet = now == before ? quiet + 1 : 0;
            before = now;
        }
    }
}

/// <summary>
/// Everything that a client can get wrong has its problem; nothing of it is a 5xx and nothing of it changes a row.
/// </summary>
public sealed class BadInputTests(TwoMerchants world) : IClassFixture<TwoMerchants>
{
    internal const string RightInvoice =
        """{"order_id":"A-1","price":{"amount":"49.90","currency":"USDT"},"network":"anvil","asset":"USDT"}""";

    [Theory]
    [InlineData("\"anvil\"", "\"dogecoin\"", "unsupported_network")]
    [InlineData("\"anvil\"", "\"eip155:1\"", "unsupported_network")]
    [InlineData("\"anvil\"", "31337", "invalid_request")]
    [InlineData("\"network\":\"anvil\",", "", "invalid_request")]
    [InlineData("\"asset\":\"USDT\"", "\"asset\":\"BTC\"", "unsupported_asset")]
    [InlineData("\"asset\":\"USDT\"", "\"asset\":\"eip155:31337/erc20:0x0000000000000000000000000000000000000001\"", "unsupported_asset")]
    [InlineData("\"49.90\"", "\"49.9000001\"", "invalid_amount")]
    [InlineData("\"49.90\"", "\"-49.90\"", "invalid_amount")]
    [InlineData("\"49.90\"", "\"0\"", "invalid_amount")]
    [InlineData("\"49.90\"", "\"0.000000\"", "invalid_amount")]
    [InlineData("\"49.90\"", "\"99999999999999999999999999999999999999999999\"", "invalid_amount")]
    [InlineData("\"49.90\"", "\"1e3\"", "invalid_amount")]
    [InlineData("\"49.90\"", "\"NaN\"", "invalid_amount")]
    [InlineData("\"49.90\"", "\"\"", "invalid_amount")]
    [InlineData("\"49.90\"", "49.90", "invalid_amount")]
    [InlineData("\"49.90\"", "1e400", "invalid_amount")]
    [InlineData("\"49.90\"", "{}", "invalid_amount")]
    [InlineData("\"49.90\"", "null", "invalid_request")]
    [InlineData("\"USDT\"},", "\"DOGE\"},", "unsupported_currency")]
    [InlineData("{\"order_id\"", "{\"oder_id\"", "unknown_field")]
    [InlineData("\"currency\"", "\"tip\":\"1\",\"currency\"", "unknown_field")]
    [InlineData("\"A-1\"", "\"\\ud800\"", "invalid_request")]
    [InlineData("\"A-1\"", "\"a\\u0000b\"", "invalid_request")]
    [InlineData("\"order_id\":\"A-1\",", "\"price\":null,", "invalid_request")]
    [InlineData("\"A-1\"", "\"A-1\",\"expires_in_minutes\":0", "invalid_request")]
    [InlineData("\"A-1\"", "\"A-1\",\"goods\":\"stolen\"", "invalid_request")]
    [InlineData("\"A-1\"", "\"A-1\",\"return_url\":\"https://elsewhere.example/\"", "invalid_request")]
    [InlineData("\"A-1\"", "\"A-1\",\"metadata\":{\"a\":1}", "invalid_request")]
    [InlineData("\"A-1\"", "\"A-1\",\"escrow\":{}", "invalid_request")]
    public async Task A_wrong_invoice_is_refused(string right, string wrong, string code)
    {
        string body = RightInvoice.Replace(right, wrong, StringComparison.Ordinal);
        Assert.NotEqual(RightInvoice, body);
        ApiAnswer refused = await UnchangedAsync(
            () =>
                world.Merchant.SendAsync(
                    HttpMethod.Post, "/v1/invoices", body, "key-of" + body.GetHashCode(StringComparison.Ordinal)));
        Assert.Contains((int)refused.Status, new[] { 400, 422 });
        refused.ExpectProblem(refused.Status, code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("<xml/>")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{\"a\":")]
    [InlineData("{\"order_id\":\"1\",\"order_id\":\"2\"}")]
    public async Task A_body_that_is_not_a_JSON_object_is_refused(string body)
    {
        foreach (string path in new[] { "/v1/invoices", "/v1/webhook-endpoints" })
            (await UnchangedAsync(() => world.Merchant.SendAsync(HttpMethod.Post, path, body))).ExpectProblem(
                HttpStatusCode.BadRequest, "invalid_request");
        (await UnchangedAsync(() => world.Operator.SendAsync(HttpMethod.Post, "/v1/merchants", body))).ExpectProblem(
            HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused() =>
        (await UnchangedAsync(() => world.Merchant.SendAsync(
            HttpMethod.Post, "/v1/invoices",
            RightInvoice.Replace("A-1", new string('x', 70_000), StringComparison.Ordinal))))
            .ExpectProblem(HttpStatusCode.RequestEntityTooLarge, "body_too_large");

    [Fact]
    public async Task No_key_and_wrong_keys_get_in_nowhere()
    {
        foreach (string? key in new[] { null, "x", "cp_test_0123456789", new string('k', 10_000) })
        {
            using Api api = new(world.Gateway.Address, key);
            foreach (
                string path in new[] { "/v1/invoices", "/v1/networks", "/v1/merchants", "/v1/webhook-endpoints",
                    "/v1/invoices/" + world.StrangersInvoice })
                (await api.GetAsync(path)).ExpectProblem(HttpStatusCode.Unauthorized, "unauthorized");
            (await UnchangedAsync(() => api.PostAsync("/v1/invoices", JsonNode.Parse(RightInvoice)))).ExpectProblem(
                HttpStatusCode.Unauthorized, "unauthorized");
            (await UnchangedAsync(() => api.PostAsync("/v1/merchants", new { name = "x" }))).ExpectProblem(
                HttpStatusCode.Unauthorized, "unauthorized");
        }
        (await world.Merchant.GetAsync("/v1/merchants/" + world.MerchantId)).ExpectProblem(
            HttpStatusCode.Forbidden, "forbidden");
        (await world.Operator.GetAsync("/v1/invoices")).ExpectProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task Another_merchants_things_are_not_found()
    {
        string[] paths = ["/v1/invoices/" + world.StrangersInvoice, "/v1/webhook-endpoints/" + world.StrangersEndpoint];
        foreach (string path in paths)
            (await world.Merchant.GetAsync(path)).ExpectProblem(HttpStatusCode.NotFound, "not_found");
        (await UnchangedAsync(() => world.Merchant.PostAsync(paths[0] + "/cancel", null))).ExpectProblem(
            HttpStatusCode.NotFound, "not_found");
        (await UnchangedAsync(
            () => world.Merchant.SendAsync(HttpMethod.Patch, paths[1], "{\"disabled\":true}"))).ExpectProblem(
                HttpStatusCode.NotFound, "not_found");
        (await UnchangedAsync(() => world.Merchant.SendAsync(HttpMethod.Delete, paths[1], null))).ExpectProblem(
            HttpStatusCode.NotFound, "not_found");
        (await world.Stranger.GetAsync(paths[0])).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("GET", "/v1/invoices/inv_nonsense")]
    [InlineData("GET", "/v1/invoices/inv_00000000000000000000000000")]
    [InlineData("GET", "/v1/invoices/%2F..%5C%23%3F")]
    [InlineData("GET", "/v1/nothing")]
    [InlineData("GET", "/")]
    [InlineData("PUT", "/v1/invoices")]
    [InlineData("DELETE", "/v1/networks")]
    [InlineData("TRACE", "/v1/invoices")]
    [InlineData("PROPFIND", "/health/live")]
    [InlineData("GET", "/v1/refunds")]
    public async Task What_does_not_exist_is_a_problem_too(string method, string path) =>
        (await world.Merchant.SendAsync(new HttpMethod(method), path, null)).ExpectProblem(
            HttpStatusCode.NotFound, "not_found");

    [Theory]
    [InlineData("?limit=0")]
    [InlineData("?limit=101")]
    [InlineData("?limit=x")]
    [InlineData("?cursor=%00")]
    [InlineData("?cursor=..%2F..")]
    public async Task A_page_that_cannot_be_is_refused(string query)
    {
        (await world.Merchant.GetAsync("/v1/invoices" + query)).ExpectProblem(
            HttpStatusCode.BadRequest, "invalid_request");
        (await world.Operator.GetAsync("/v1/merchants" + query)).ExpectProblem(
            HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task A_private_key_as_a_wallet_is_refused_and_stands_in_no_row_and_no_log()
    {
        foreach (string secret in PrivateTexts.All)
            foreach (string body in new[] { $$"""{"kind":"xpub","xpub":"{{secret}}"}""", $$"""{"kind":"forwarder","settlement_address":"{{secret}}"}""", $$"""{"{{secret}}":1}""", secret })
                foreach (string network in new[] { "anvil", "bitcoin-regtest", Uri.EscapeDataString(secret) })
                {
                    string path = $"/v1/merchants/{world.MerchantId}/wallets/{network}";
                    ApiAnswer refused = (await world.Operator.SendAsync(HttpMethod.Put, path, body))
                        .ExpectProblem(HttpStatusCode.UnprocessableEntity, "private_key_refused");
                    Assert.DoesNotContain(secret, refused.Text, StringComparison.Ordinal);
                }
        string rows = await world.DumpAsync();
        Assert.All(PrivateTexts.All, secret => Assert.DoesNotContain(secret, rows, StringComparison.OrdinalIgnoreCase));
        Assert.All(
            PrivateTexts.All,
            secret => Assert.DoesNotContain(secret, world.Gateway.Log, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_wallet_with_a_private_key_changes_no_row() =>
        await UnchangedAsync(() => world.Operator.PutAsync(
        $"/v1/merchants/{world.MerchantId}/wallets/bitcoin-regtest",
        new { kind = "xpub", xpub = PrivateTexts.All[0] }));

    private async Task<ApiAnswer> UnchangedAsync(Func<Task<ApiAnswer>> call)
    {
        string before = await world.DumpAsync();
        ApiAnswer answer = await call();
        Assert.Equal(before, await world.DumpAsync());
        return answer;
    }
}
