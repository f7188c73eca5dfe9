using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CoinPay.Acceptance.World;
using CoinPay.Core;
using CoinPay.Testing;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Processes;
using CoinPay.Testing.Servers;
using Xunit;

namespace CoinPay.Acceptance.Webhooks;

/// <summary>
/// The examples on a network that loses, doubles and delays answers: scripts/examples/shop.mjs sells one thing over a real
/// chain and ships it once, and the first call of README.md and docs/api.md makes one invoice. In a world of its own: its
/// endpoints would get others' webhooks.
/// </summary>
public sealed partial class ExampleShopTests(TestWorld world) : IClassFixture<TestWorld>
{
    [Theory]
    [InlineData(nameof(AnswerFault.None))]
    [InlineData(nameof(AnswerFault.Lost))]
    [InlineData(nameof(AnswerFault.Cut))]
    [InlineData(nameof(AnswerFault.BadGateway))]
    [InlineData(nameof(AnswerFault.Doubled))]
    [InlineData(nameof(AnswerFault.Late))]
    public async Task The_example_shop_ships_once_whatever_happens_to_the_answers(string fault)
    {
        await using Sale sale = await Sale.StartAsync(world, Enum.Parse<AnswerFault>(fault));
        await using LocalProcess shop = await sale.OpenAsync();
        (string invoice, string paid) = await PayAsync();
        await world.WaitForAsync(() => Task.FromResult(sale.Slips), slips => slips.Count == 1, "the shop to ship");

        Assert.Equal([HttpStatusCode.NoContent, HttpStatusCode.NoContent], await Task.WhenAll(sale.DeliverAsync(paid), sale.DeliverAsync(paid)));
        Assert.Equal(HttpStatusCode.Unauthorized, await sale.DeliverAsync(paid, world.WebhookSecret));
        Assert.Equal(invoice, Assert.Single(sale.Slips));
        Assert.Single(shop.Output.Split('\n'), line => line.Contains("shipped A-1001", StringComparison.Ordinal));
        Assert.Equal("fulfilled", (await world.InvoiceAsync(invoice))["fulfilment.status"]);
    }

    [Fact]
    public async Task The_example_shop_ships_once_though_it_dies_after_the_gateway_has_let_the_order_go()
    {
        await using Sale sale = await Sale.StartAsync(world, AnswerFault.None);
        await using LocalProcess shop = await sale.OpenAsync();
        sale.Proxy.AfterFirst = () => shop.KillAsync();
        (string invoice, string paid) = await PayAsync();
        await world.WaitForAsync(() => Task.FromResult(shop.HasExited), hasDied => hasDied, "the shop to die");
        Assert.Empty(sale.Slips);

        await using LocalProcess again = await sale.OpenAsync();
        Assert.Equal(HttpStatusCode.NoContent, await sale.DeliverAsync(paid));
        Assert.Equal(HttpStatusCode.NoContent, await sale.DeliverAsync(paid));
        Assert.Equal(invoice, Assert.Single(sale.Slips));
    }

    [Theory]
    [InlineData("README.md", nameof(AnswerFault.Lost))]
    [InlineData("README.md", nameof(AnswerFault.Late))]
    [InlineData("docs/api.md", nameof(AnswerFault.Doubled))]
    [InlineData("docs/api.md", nameof(AnswerFault.Cut))]
    public async Task The_first_call_that_a_document_shows_makes_one_invoice_however_often_it_is_made(string document, string fault)
    {
        string text = await File.ReadAllTextAsync(Path.Combine(RepositoryFiles.Root, document));
        Match call = FirstCall().Match(text);
        Assert.True(call.Success);
        // A key of its own for each case; the rest as it is written.
        string key = call.Groups["key"].Value + document + fault;
        await using AnswerProxy proxy = await AnswerProxy.StartAsync(world.Gateway.Address, Enum.Parse<AnswerFault>(fault));
        using HttpClient http = new() { BaseAddress = proxy.Address, Timeout = TimeSpan.FromSeconds(5) };
        List<string> made = [];
        for (int attempt = 0; attempt < 3; attempt++)
        {
            using HttpRequestMessage request = new(HttpMethod.Post, "/v1/invoices")
            {
                Content = new StringContent(call.Groups["body"].Value, Encoding.UTF8, "application/json"),
            };
            request.Headers.Add("Authorization", "Bearer " + world.MerchantKey);
            request.Headers.Add("Idempotency-Key", key);
            try
            {
                using HttpResponseMessage answer = await http.SendAsync(request);
                Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
                made.Add(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["id"]!.ToString());
            }
            catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException)
            {
                Assert.Equal(0, attempt);
            }
        }
        Assert.Equal(fault == nameof(AnswerFault.Doubled) ? 3 : 2, made.Count);
        Assert.Single(made.Distinct());
    }

    private async Task<(string Invoice, string Event)> PayAsync()
    {
        ApiAnswer invoice = (await world.CreateUsdtInvoiceAsync()).Expect(HttpStatusCode.Created);
        await world.PayTokenAsync(invoice["payment.address"]!, 49_900_000);
        await world.Anvil.MineAsync(int.Parse(invoice["confirmation_policy.required"]!, CultureInfo.InvariantCulture));
        return (invoice["id"]!, (await world.WaitForWebhookAsync(invoice["id"]!, "invoice.paid")).Body);
    }

    /// <summary>What the shell's example says to POST.</summary>
    [GeneratedRegex("""/v1/invoices .*-H "Idempotency-Key: (?<key>[^"]+)"[^']*-d '(?<body>\{[^']+\})'""", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex FirstCall();

    /// <summary>The shop's place: its endpoint, its folder of slips and what stands between it and the gateway.</summary>
    private sealed record Sale(Uri Address, string EndpointId, string Secret, string Folder, AnswerProxy Proxy, TestWorld World) : IAsyncDisposable
    {
        /// <summary>The invoices that were shipped.</summary>
        public IReadOnlyList<string> Slips => [.. Directory.EnumerateFiles(Folder).Select(file => Path.GetFileName(file))];

        public static async Task<Sale> StartAsync(TestWorld world, AnswerFault fault)
        {
            Uri address = new($"http://127.0.0.1:{LocalProcess.FreePort()}/");
            ApiAnswer endpoint = (await world.Merchant.PostAsync("/v1/webhook-endpoints", new { url = address })).Expect(HttpStatusCode.Created);
            return new(
                address, endpoint["id"]!, endpoint["secret"]!, Directory.CreateTempSubdirectory("coinpay-shop-").FullName,
                await AnswerProxy.StartAsync(world.Gateway.Address, fault), world);
        }

        public Task<LocalProcess> OpenAsync() => LocalProcess.StartAsync(
            "node",
            [Path.Combine(RepositoryFiles.Root, "scripts/examples/shop.mjs")],
            started => Task.FromResult(started.Output.Contains("the shop is open", StringComparison.Ordinal)),
            new Dictionary<string, string?>
            {
                ["GATEWAY"] = Proxy.Address.ToString().TrimEnd('/'),
                ["API_KEY"] = World.MerchantKey,
                ["WEBHOOK_SECRET"] = Secret,
                ["PORT"] = Address.Port.ToString(CultureInfo.InvariantCulture),
                ["SLIPS"] = Folder,
            });

        public async Task<HttpStatusCode> DeliverAsync(string body, string? secret = null)
        {
            using HttpClient http = new();
            using HttpRequestMessage request = new(HttpMethod.Post, Address) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
            DateTimeOffset now = DateTimeOffset.UtcNow;
            request.Headers.Add(StandardWebhook.IdHeader, "evt_again");
            request.Headers.Add(StandardWebhook.TimestampHeader, StandardWebhook.Seconds(now));
            request.Headers.Add(StandardWebhook.SignatureHeader, StandardWebhook.Sign(
                StandardWebhook.ReadSecret(secret ?? Secret)!, "evt_again", now, Encoding.UTF8.GetBytes(body)));
            using HttpResponseMessage answer = await http.SendAsync(request);
            return answer.StatusCode;
        }

        public async ValueTask DisposeAsync()
        {
            await World.Merchant.SendAsync(HttpMethod.Delete, "/v1/webhook-endpoints/" + EndpointId, null);
            await Proxy.DisposeAsync();
            Directory.Delete(Folder, recursive: true);
        }
    }
}
