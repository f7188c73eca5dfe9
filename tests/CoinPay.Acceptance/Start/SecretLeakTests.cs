using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using CoinPay.Testing;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Processes;
using Xunit;

namespace CoinPay.Acceptance.Start;

/// <summary>No secret shows: not in the log at its most talkative, not in an answer, not in storage, not in what is checked in.</summary>
public sealed partial class SecretLeakTests(TalkativeWorld world) : IClassFixture<TalkativeWorld>
{
    [Fact]
    public async Task An_invoices_whole_life_shows_no_secret_in_logs_answers_or_rows()
    {
        string paid = await PayAsync();
        List<string> answers = [.. world.Receiver.All.Select(received => received.Body)];
        foreach (string path in new[]
        {
            "/v1/invoices/" + paid, $"/v1/invoices/{paid}/timeline", "/v1/invoices", "/v1/events", "/v1/webhook-endpoints", "/v1/networks",
            "/v1/search?q=" + paid, "/v1/exceptions",
        })
            answers.Add((await world.Merchant.GetAsync(path)).Expect(HttpStatusCode.OK).Text);
        foreach (string path in new[]
        {
            "/v1/merchants", "/v1/merchants/" + world.MerchantId, $"/v1/merchants/{world.MerchantId}/api-keys",
            $"/v1/merchants/{world.MerchantId}/wallets", "/v1/ops/audit",
        })
            answers.Add((await world.Operator.GetAsync(path)).Expect(HttpStatusCode.OK).Text);
        // 202: an invoice that is watched on runs on. The key of this call stands in the address, and so in the most talkative
        // log of requests: it is the one secret that is not looked for.
        answers.Add((await world.Operator.GetAsync(
            $"/runtime/webhooks/durabletask/instances/{paid}?showHistory=true&code={GatewayProcess.SystemKey}"))
            .Expect(HttpStatusCode.Accepted).Text);

        string log = world.Gateway.Log;
        Assert.Contains("trce ", log, StringComparison.Ordinal);
        string stored = await world.StoredAsync();
        Assert.Contains(paid, stored, StringComparison.Ordinal);
        foreach ((string what, string secret) in world.Secrets())
        {
            Assert.False(log.Contains(secret, StringComparison.OrdinalIgnoreCase), $"{what} is in the log");
            Assert.False(stored.Contains(secret, StringComparison.OrdinalIgnoreCase), $"{what} is in storage");
            Assert.False(answers.Exists(text => text.Contains(secret, StringComparison.OrdinalIgnoreCase)), $"{what} is in an answer");
        }
    }

    [Theory]
    [InlineData("host.json")]
    [InlineData("local.settings.sample.json")]
    [InlineData("src/CoinPay.Chains/networks.json")]
    public void What_is_checked_in_as_settings_holds_placeholders_only(string file)
    {
        string text = File.ReadAllText(Path.Combine(RepositoryFiles.Root, file));
        Assert.DoesNotMatch(LooksSecret(), text);
        using JsonDocument settings = JsonDocument.Parse(text);
        if (file.StartsWith("local", StringComparison.Ordinal))
            foreach (JsonProperty setting in settings.RootElement.GetProperty("Values").EnumerateObject())
                Assert.True(
                    !NamesSecret().IsMatch(setting.Name) || Placeholder().IsMatch(setting.Value.GetString()!),
                    $"{setting.Name} does not say what to put there");
    }

    [Theory]
    [InlineData("0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a")]
    [InlineData("AccountName=a;AccountKey=b")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("https://user:password@node.example")]
    public void A_secret_is_known_when_it_is_seen(string text) => Assert.Matches(LooksSecret(), text);

    /// <summary>Both networks, a flush from the gas wallet, a refused key, and what is answered under an Idempotency-Key.</summary>
    private async Task<string> PayAsync()
    {
        ApiAnswer invoice = (await world.CreateUsdtInvoiceAsync("5", "leak-1")).Expect(HttpStatusCode.Created);
        ApiAnswer coins = (await world.CreateBitcoinInvoiceAsync("0.01", "leak-2")).Expect(HttpStatusCode.Created);
        await world.PayTokenAsync(invoice["payment.address"]!, 5_000_000);
        await world.Bitcoind.PayAsync(coins["payment.address"]!, 0.01m);
        await world.Anvil.MineAsync(3);
        await world.Bitcoind.MineAsync(2);
        await world.WaitForStatusAsync(invoice["id"]!, "paid");
        await world.WaitForStatusAsync(coins["id"]!, "paid");
        await world.WaitForWebhookAsync(invoice["id"]!, "invoice.paid");
        (await world.Operator.PostAsync(
            $"/v1/merchants/{world.MerchantId}/flush", new { network = "anvil", invoice_ids = new[] { invoice["id"] } }, "leak-3"))
            .Expect(HttpStatusCode.OK);
        (await world.Operator.PostAsync($"/v1/merchants/{world.MerchantId}/api-keys", new { scopes = new[] { "invoices:read" } }, "leak-4"))
            .Expect(HttpStatusCode.Created);
        using Api stranger = new(world.Gateway.Address, world.MerchantKey[..^1] + "x");
        (await stranger.GetAsync("/v1/invoices")).Expect(HttpStatusCode.Unauthorized);
        return invoice["id"]!;
    }

    /// <summary>A key of 32 bytes as hex or base64, a storage key, a password in a URL.</summary>
    [GeneratedRegex("[0-9a-fA-F]{64}|[A-Za-z0-9+/]{43}=|AccountKey=|SharedAccessSignature|://[^/\\s\"]+:[^/\\s\"]+@", RegexOptions.NonBacktracking)]
    private static partial Regex LooksSecret();

    [GeneratedRegex("Key|Pepper|Password|Secret", RegexOptions.NonBacktracking)]
    private static partial Regex NamesSecret();

    [GeneratedRegex("^(?:choose-|base64-of-)", RegexOptions.NonBacktracking)]
    private static partial Regex Placeholder();
}
