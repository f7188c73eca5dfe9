using System.Net;
using System.Text.Json;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Functions.Tests.Http;

/// <summary>What an Idempotency-Key promises, seen from a shop: one invoice, and one answer byte for byte.</summary>
public sealed class ReplayTests : IAsyncLifetime
{
    private const string Replayed = "Idempotent-Replayed";
    private const int Twins = 64;

    private MemoryGateway _gateway = null!;
    private Api _shop = null!;
    private string _merchant = null!;

    private static readonly object Order = new { price = new { amount = "7.5", currency = "USDT" }, network = "anvil", asset = "USDT" };

    public async ValueTask InitializeAsync()
    {
        _gateway = await MemoryGateway.StartAsync();
        (_merchant, string key) = await _gateway.MerchantAsync();
        _shop = new(_gateway.Address, key);
    }

    public async ValueTask DisposeAsync()
    {
        _shop.Dispose();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task Many_identical_creations_at_once_make_one_invoice_and_give_one_answer()
    {
        ApiAnswer[] answers = await Task.WhenAll(
            Enumerable.Range(0, Twins).Select(_ => _shop.PostAsync("/v1/invoices", Order, "order-1")));

        ApiAnswer[] made = [.. answers.Where(answer => answer.Status == HttpStatusCode.Created)];
        string text = Assert.Single(made.Select(answer => answer.Text).Distinct());
        Assert.Single(made, answer => !answer.Headers.Contains(Replayed));
        foreach (ApiAnswer waiting in answers.Except(made))
        {
            waiting.ExpectProblem(HttpStatusCode.Conflict, "idempotency_in_flight");
            Assert.NotEmpty(waiting.Headers.GetValues("Retry-After"));
        }
        ApiAnswer retry = await _shop.PostAsync("/v1/invoices", Order, "order-1");
        Assert.Equal((HttpStatusCode.Created, text), (retry.Status, retry.Text));
        Assert.True(retry.Headers.Contains(Replayed));
        await _gateway.QuietAsync();
        string invoice = Assert.Single((await _gateway.DumpAsync()).Split('\n'), row =>
            row.StartsWith("Invoices ", StringComparison.Ordinal) && row.Contains("RowKey=snapshot ", StringComparison.Ordinal));
        Assert.Contains(JsonDocument.Parse(text).RootElement.GetProperty("id").GetString()!, invoice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_is_replayed_though_the_merchants_settings_would_refuse_the_order_by_now()
    {
        object order = new
        {
            price = new { amount = "7.5", currency = "USDT" },
            network = "anvil",
            asset = "USDT",
            return_url = "https://shop.example/done",
        };
        await HostsAsync("shop.example");
        ApiAnswer first = (await _shop.PostAsync("/v1/invoices", order, "order-2")).Expect(HttpStatusCode.Created);
        await HostsAsync("other.example");

        ApiAnswer again = await _shop.PostAsync("/v1/invoices", order, "order-2");

        Assert.Equal((HttpStatusCode.Created, first.Text), (again.Status, again.Text));
        (await _shop.PostAsync("/v1/invoices", order, "order-3")).ExpectProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await _shop.PostAsync("/v1/invoices", Order, "order-2"))
            .ExpectProblem(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
    }

    [Fact]
    public async Task A_cancellation_is_answered_again_byte_for_byte()
    {
        string id = (await _shop.PostAsync("/v1/invoices", Order))["id"]!;

        ApiAnswer first = (await _shop.PostAsync($"/v1/invoices/{id}/cancel", null, "cancel-1")).Expect(HttpStatusCode.OK);
        ApiAnswer again = await _shop.PostAsync($"/v1/invoices/{id}/cancel", new { }, "cancel-1");

        Assert.False(first.Headers.Contains(Replayed));
        Assert.Equal((first.Text, true), (again.Text, again.Headers.Contains(Replayed)));
    }

    [Fact]
    public async Task An_answer_with_a_secret_is_replayed_and_stands_nowhere_in_the_clear()
    {
        object wanted = new { scopes = new[] { "invoices:read" } };
        string path = $"/v1/merchants/{_merchant}/api-keys";

        ApiAnswer[] answers = await Task.WhenAll(
            Enumerable.Range(0, Twins).Select(_ => _gateway.Operator.PostAsync(path, wanted, "key-1")));

        ApiAnswer[] made = [.. answers.Where(answer => answer.Status == HttpStatusCode.Created)];
        Assert.Single(made.Select(answer => answer.Text).Distinct());
        Assert.All(answers.Except(made), answer => answer.ExpectProblem(HttpStatusCode.Conflict, "idempotency_in_flight"));
        Assert.Equal(made[0].Text, (await _gateway.Operator.PostAsync(path, wanted, "key-1")).Text);
        string secret = made[0]["api_key"]!;
        Assert.DoesNotContain(secret, await _gateway.DumpAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(
            Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(secret)), await _gateway.DumpAsync(), StringComparison.Ordinal);
        using Api reader = new(_gateway.Address, secret);
        (await reader.GetAsync("/v1/networks")).Expect(HttpStatusCode.OK);
    }

    private async Task HostsAsync(string host) => (await _gateway.Operator.SendAsync(
        HttpMethod.Patch, "/v1/merchants/" + _merchant, JsonSerializer.Serialize(new { policy = new { return_hosts = new[] { host } } }))).Expect(HttpStatusCode.OK);
}
