using System.Net;
using System.Text.Json;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Merchants;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Functions.Tests.Merchants;

public sealed class MerchantTests(EdgeStorage storage) : IClassFixture<EdgeStorage>
{
    [Fact]
    public async Task A_merchants_first_key_is_shown_once_and_works()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        EdgeAnswer made = (await edge.CreateMerchantAsync(new { name = "A shop", default_currency = "EUR" })).Expect(
            HttpStatusCode.Created);
        string key = made["api_key"]!;

        EdgeAnswer networks = await edge.CallAsync<ListNetworks>(
            (function, request) => function.Run(request, default), key);
        EdgeAnswer read = await GetAsync(edge, made["id"]!);

        Assert.Equal(2, networks.Expect(HttpStatusCode.OK).Json.GetProperty("data").GetArrayLength());
        Assert.Equal(("A shop", "EUR", null), (read["name"], read["default_currency"], read["api_key"]));
        Assert.DoesNotContain(key["cp_test_".Length..], await edge.DumpAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_request_again_gets_the_same_bytes_and_another_body_is_refused()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        EdgeAnswer first = (await edge.CreateMerchantAsync(new { name = "One" }, "again")).Expect(
            HttpStatusCode.Created);
        EdgeAnswer second = (await edge.CreateMerchantAsync(new { name = "One" }, "again")).Expect(
            HttpStatusCode.Created);

        Assert.Equal(first.Text, second.Text);
        Assert.Equal("true", second.Headers["Idempotent-Replayed"].ToString());
        (await edge.CreateMerchantAsync(new { name = "Two" }, "again")).ExpectProblem(
            HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        Assert.DoesNotContain(first["api_key"]!["cp_test_".Length..], await edge.DumpAsync(), StringComparison.Ordinal);

        edge.Clock.Advance(IdempotencyStore.Kept + TimeSpan.FromMinutes(1));
        await edge.Get<IdempotencyStore>().EraseOldAsync(default);
        Assert.NotEqual(first["id"], (await edge.CreateMerchantAsync(new { name = "One" }, "again"))["id"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_crash_at_any_write_of_a_creation_and_a_retry_leave_one_merchant_with_one_key(bool before)
    {
        await using Edge edge = await Edge.StartAsync(storage);
        int deaths = 0;
        for (bool died = true; died; deaths += died ? 1 : 0)
        {
            string name = Guid.NewGuid().ToString();
            await using (Edge doomed = await Edge.StartAsync(storage, new StorageDeath(deaths + 1, before), edge.Clock))
                died = await Record.ExceptionAsync(() => doomed.CreateMerchantAsync(new { name }, name)) is not null;
            edge.Clock.Advance(TimeSpan.FromSeconds(31));

            EdgeAnswer made = (await edge.CreateMerchantAsync(new { name }, name)).Expect(HttpStatusCode.Created);

            EdgeAnswer list = await edge.CallAsync<ListMerchants>(
                (function, request) => function.Run(request, default), Edge.OperatorKey, query: "?limit=100");
            Assert.Single(
                list.Json.GetProperty("data").EnumerateArray(), one => one.GetProperty("name").GetString() == name);
            Assert.Single((await KeysAsync(edge, made["id"]!)).EnumerateArray());
            (await edge.CallAsync<ListNetworks>(
                (function, request) => function.Run(request, default), made["api_key"])).Expect(HttpStatusCode.OK);
        }
        Assert.True(deaths >= 5, $"{deaths} writes were tried: idempotency, list, merchant, key, look-up, answer");
    }

    [Fact]
    public async Task A_request_under_way_is_not_done_twice()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        // The first write is the audit log's, the second takes the key.
        await using (Edge doomed = await Edge.StartAsync(storage, new StorageDeath(2, before: false), edge.Clock))
            await Assert.ThrowsAsync<KilledException>(
                () => doomed.CreateMerchantAsync(new { name = "x" }, "under-way"));

        EdgeAnswer refused = await edge.CreateMerchantAsync(new { name = "x" }, "under-way");

        refused.ExpectProblem(HttpStatusCode.Conflict, "idempotency_in_flight");
        Assert.Equal("30", refused.Headers.RetryAfter.ToString());
    }

    [Fact]
    public async Task Lists_are_newest_first_and_paged()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        List<string> made = [];
        for (int i = 0; i < 5; i++, edge.Clock.Advance(TimeSpan.FromSeconds(1)))
            made.Insert(0, (await edge.MerchantAsync()).Id);

        List<string> read = [];
        string query = "?limit=2";
        while (!query.EndsWith('='))
        {
            EdgeAnswer page = (await edge.CallAsync<ListMerchants>(
                (function, request) => function.Run(request, default), Edge.OperatorKey, query: query)).Expect(
                    HttpStatusCode.OK);
            read.AddRange(
                page.Json.GetProperty("data").EnumerateArray().Select(
                    merchant => merchant.GetProperty("id").GetString()!));
            query = "?limit=2&cursor=" + page["next_cursor"];
        }
        // Others of this class are among them.
        Assert.Equal(made, read.Where(made.Contains));
        Assert.Equal(read.Count, read.Distinct().Count());
    }

    [Fact]
    public async Task A_policy_is_changed_in_part_and_the_rest_stays()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        string id = (
            await edge.CreateMerchantAsync(
                new { name = "A", policy = new { expiry_minutes = 10, tolerance = new { under_percent = "0.5" } } }))[
                    "id"]!;
        object change = new
        {
            policy = new
            {
                late = "accept",
                confirmations = new object[]
                {
                    new { network = "anvil", required = "finalized", up_to = new { amount = "100", currency = "EUR" } },
                    new { asset = "BTC", goods = "digital", required = 1 },
                },
                return_hosts = new[] { "Shop.Example" },
            },
        };
        (await ChangeAsync(edge, id, change)).Expect(HttpStatusCode.OK);

        JsonElement policy = (await GetAsync(edge, id)).Json.GetProperty("policy");

        Assert.Equal(
            """{"expiry_minutes":10,"monitor_days":90,"tolerance":{"under_percent":"0.5","over_percent":"0"},"confirmations":[{"asset":null,"network":"anvil","goods":null,"up_to":{"amount":"100","currency":"EUR"},"required":"finalized"},{"asset":"BTC","network":null,"goods":"digital","up_to":null,"required":1}],"accept_unconfirmed_up_to":null,"return_hosts":["shop.example"],"late":"accept","over":"accept","under":"hold","under_floor_percent":"90"}""",
            policy.GetRawText());
    }

    [Fact]
    public async Task The_least_that_is_accepted_is_more_than_nothing_and_shows_in_the_policy()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        string id = (await edge.CreateMerchantAsync(new { name = "A", policy = new { under = "accept" } }))["id"]!;
        Assert.Equal("90", await FloorAsync(edge, id));
        foreach (string wrong in new[] { "0", "0.0", "100.1", "-1", "half" })
            (await ChangeAsync(edge, id, new { policy = new { under_floor_percent = wrong } })).ExpectProblem(
                HttpStatusCode.BadRequest, "invalid_request");
        (await ChangeAsync(edge, id, new { policy = new { under_floor_percent = "97.5" } })).Expect(HttpStatusCode.OK);
        Assert.Equal("97.5", await FloorAsync(edge, id));
    }

    private static async Task<string?> FloorAsync(Edge edge, string id) =>
        (await GetAsync(edge, id)).Json.GetProperty("policy").GetProperty("under_floor_percent").GetString();

    [Fact]
    public async Task A_policy_may_take_unconfirmed_payments_and_late_ones_by_the_rate_and_stop_doing_so()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        string id = (await edge.MerchantAsync()).Id;
        object change = new
        {
            policy = new { late = "accept_if_rate_within_percent:2.5", accept_unconfirmed_up_to = new { amount = "20", currency = "EUR" } },
        };
        (await ChangeAsync(edge, id, change)).Expect(HttpStatusCode.OK);
        JsonElement policy = (await GetAsync(edge, id)).Json.GetProperty("policy");
        Assert.Equal("accept_if_rate_within_percent:2.5", policy.GetProperty("late").GetString());
        Assert.Equal("""{"amount":"20","currency":"EUR"}""", policy.GetProperty("accept_unconfirmed_up_to").GetRawText());

        (await ChangeAsync(edge, id, """{"policy":{"accept_unconfirmed_up_to":null,"late":"hold"}}""")).Expect(HttpStatusCode.OK);
        policy = (await GetAsync(edge, id)).Json.GetProperty("policy");
        Assert.Equal(("hold", JsonValueKind.Null), (policy.GetProperty("late").GetString(), policy.GetProperty("accept_unconfirmed_up_to").ValueKind));
    }

    [Fact]
    public async Task Currencies_assets_and_networks_of_a_merchant_are_kept_under_their_own_names()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        object limit = new { amount = "5.000000", currency = "btc" };
        EdgeAnswer made = (await edge.CreateMerchantAsync(new
        {
            name = "A",
            default_currency = "eur",
            policy = new { accept_unconfirmed_up_to = limit, confirmations = new[] { new { asset = "btc", network = "BITCOIN-regtest", up_to = limit, required = 3.0m } } },
        })).Expect(HttpStatusCode.Created);

        JsonElement policy = made.Json.GetProperty("policy");

        Assert.Equal("EUR", made["default_currency"]);
        Assert.Equal("BTC", policy.GetProperty("accept_unconfirmed_up_to").GetProperty("currency").GetString());
        Assert.Equal(
            """{"asset":"BTC","network":"bitcoin-regtest","goods":null,"up_to":{"amount":"5.000000","currency":"BTC"},"required":3}""",
            policy.GetProperty("confirmations")[0].GetRawText());
        EdgeAnswer refused = await edge.CreateMerchantAsync(new { name = "A", default_currency = "XYZ" });
        Assert.Contains("EUR, GBP", refused.ExpectProblem(HttpStatusCode.BadRequest, "unsupported_currency")["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"default_currency":"XYZ"}""", "unsupported_currency")]
    [InlineData("""{"default_currency":"euros"}""", "unsupported_currency")]
    [InlineData("""{"policy":{"accept_unconfirmed_up_to":{"amount":"5","currency":"XYZ"}}}""", "unsupported_currency")]
    [InlineData("""{"policy":{"confirmations":[{"up_to":{"amount":"5","currency":"XYZ"},"required":1}]}}""", "unsupported_currency")]
    [InlineData("""{"policy":{"late":"accept_if_rate_within_percent:101"}}""", "invalid_request")]
    [InlineData("""{"policy":{"late":"accept_if_rate_within_percent:"}}""", "invalid_request")]
    [InlineData("""{"policy":{"late":"accept_if_rate_within_percent:-1"}}""", "invalid_request")]
    [InlineData("""{"policy":{"accept_unconfirmed_up_to":{"amount":5,"currency":"EUR"}}}""", "invalid_amount")]
    [InlineData("""{"policy":{"accept_unconfirmed_up_to":"5 EUR"}}""", "invalid_request")]
    [InlineData("""{"policy":{"confirmations":[{"network":"bitcoin-regtest","required":"safe"}]}}""", "invalid_request")]
    [InlineData("""{"policy":{"confirmations":[{"required":0}]}}""", "invalid_request")]
    [InlineData("""{"policy":{"confirmations":[{"required":1.5}]}}""", "invalid_request")]
    [InlineData("""{"policy":{"confirmations":[{"network":"dogecoin","required":1}]}}""", "unsupported_network")]
    [InlineData("""{"policy":{"confirmations":[{"asset":"DOGE","required":1}]}}""", "unsupported_asset")]
    [InlineData("""{"policy":{"tolerance":{"under_percent":"101"}}}""", "invalid_request")]
    [InlineData("""{"policy":{"tolerance":{"under_percent":"0.00001"}}}""", "invalid_request")]
    [InlineData("""{"policy":{"expiry_minutes":"10"}}""", "invalid_request")]
    [InlineData("""{"policy":{"return_hosts":["https://shop.example"]}}""", "invalid_request")]
    [InlineData("""{"policy":{"expires":1}}""", "unknown_field")]
    [InlineData("""{"name":null}""", "invalid_request")]
    public async Task A_policy_that_cannot_be_kept_is_refused_and_changes_nothing(string body, string code)
    {
        await using Edge edge = await Edge.StartAsync(storage);
        string id = (await edge.MerchantAsync()).Id;
        string before = (await GetAsync(edge, id)).Text;
        (await ChangeAsync(edge, id, body)).ExpectProblem(HttpStatusCode.BadRequest, code);
        Assert.Equal(before, (await GetAsync(edge, id)).Text);
    }

    [Fact]
    public async Task A_key_does_what_its_scopes_say_until_it_is_revoked_or_expires()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        (string id, _) = await edge.MerchantAsync();
        DateTimeOffset expiry = edge.Clock.GetUtcNow().AddHours(1);
        EdgeAnswer made = (
            await NewKeyAsync(
                edge, id, new { scopes = new[] { "invoices:read" }, expires_at = Json.Time(expiry) })).Expect(
                    HttpStatusCode.Created);
        EdgeAnswer revocable = (await NewKeyAsync(edge, id, new { scopes = new[] { "webhooks:manage" } })).Expect(
            HttpStatusCode.Created);
        string key = made["api_key"]!, other = revocable["api_key"]!;

        (await EndpointsAsync(edge, key)).ExpectProblem(HttpStatusCode.Forbidden, "forbidden");
        (await EndpointsAsync(edge, other)).Expect(HttpStatusCode.OK);
        (await edge.CallAsync<ListNetworks>((function, request) => function.Run(request, default), key)).Expect(
            HttpStatusCode.OK);
        await edge.CallAsync<RevokeApiKey>(
            (function, request) => function.Run(request, id, revocable["id"]!, default), Edge.OperatorKey);
        (await EndpointsAsync(edge, other)).ExpectProblem(HttpStatusCode.Unauthorized, "unauthorized");
        edge.Clock.Advance(TimeSpan.FromHours(1));
        (await edge.CallAsync<ListNetworks>((function, request) => function.Run(request, default), key)).ExpectProblem(
            HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task A_key_revoked_in_another_process_works_for_thirty_seconds_at_most_and_its_use_does_not_revive_it()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        await using Edge other = await Edge.StartAsync(storage, clock: edge.Clock);
        (string id, string key) = await edge.MerchantAsync();
        (await EndpointsAsync(other, key)).Expect(HttpStatusCode.OK);
        edge.Clock.Advance(TimeSpan.FromHours(1));
        (await EndpointsAsync(other, key)).Expect(HttpStatusCode.OK);
        (await EndpointsAsync(other, key)).Expect(HttpStatusCode.OK);
        string keyId = (await KeysAsync(edge, id))[0].GetProperty("id").GetString()!;
        await edge.CallAsync<RevokeApiKey>((function, request) => function.Run(request, id, keyId, default), Edge.OperatorKey);

        edge.Clock.Advance(TimeSpan.FromSeconds(30));
        (await EndpointsAsync(other, key)).ExpectProblem(HttpStatusCode.Unauthorized, "unauthorized");
        Assert.NotEqual("", (await KeysAsync(edge, id))[0].GetProperty("revoked_at").ToString());
    }

    [Fact]
    public async Task Each_kind_of_key_stays_on_its_side()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        (string id, string key) = await edge.MerchantAsync();
        string forged = ApiKeyText.New(livemode: false).Text;

        (await EndpointsAsync(edge, Edge.OperatorKey)).ExpectProblem(HttpStatusCode.Forbidden, "forbidden");
        (await GetAsync(edge, id, key)).ExpectProblem(HttpStatusCode.Forbidden, "forbidden");
        foreach (string? wrong in new[] { null, "", "x", forged, Edge.OperatorKey + "x", key[..^1] })
        {
            EdgeAnswer refused = (await EndpointsAsync(edge, wrong)).ExpectProblem(
                HttpStatusCode.Unauthorized, "unauthorized");
            Assert.Equal("Bearer", refused.Headers.WWWAuthenticate.ToString());
            (await GetAsync(edge, id, wrong)).ExpectProblem(HttpStatusCode.Unauthorized, "unauthorized");
        }
    }

    [Fact]
    public async Task A_scope_that_is_not_built_or_not_known_is_refused()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        (string id, _) = await edge.MerchantAsync();
        foreach (object scopes in new object[] { new[] { "everything" }, Array.Empty<string>(), "invoices:read" })
            (await NewKeyAsync(edge, id, new { scopes })).ExpectProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await NewKeyAsync(edge, id, new { })).ExpectProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await NewKeyAsync(edge, id, new { scopes = (string[]?)null })).ExpectProblem(HttpStatusCode.BadRequest, "invalid_request");
        Assert.Single((await KeysAsync(edge, id)).EnumerateArray());
    }

    private static Task<EdgeAnswer> GetAsync(Edge edge, string id, string? key = Edge.OperatorKey) =>
        edge.CallAsync<GetMerchant>((function, request) => function.Run(request, id, default), key);

    private static Task<EdgeAnswer> ChangeAsync(Edge edge, string id, object body) =>
        edge.CallAsync<ChangeMerchant>(
            (function, request) => function.Run(request, id, default), Edge.OperatorKey, body);

    private static Task<EdgeAnswer> NewKeyAsync(Edge edge, string id, object body) =>
        edge.CallAsync<CreateApiKey>((function, request) => function.Run(request, id, default), Edge.OperatorKey, body);

    private static Task<EdgeAnswer> EndpointsAsync(Edge edge, string? key) =>
        edge.CallAsync<CoinPay.Functions.Webhooks.Endpoints.ListWebhookEndpoints>(
            (function, request) => function.Run(request, default), key);

    private static async Task<JsonElement> KeysAsync(Edge edge, string id) =>
        (await edge.CallAsync<ListApiKeys>((function, request) => function.Run(request, id, default), Edge.OperatorKey))
            .Expect(HttpStatusCode.OK).Json.GetProperty("data");
}
