using System.Diagnostics.Metrics;
using System.Net;
using System.Reflection;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Queues;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Platform.Telemetry;
using CoinPay.Functions.Tests.Webhooks;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CoinPay.Functions.Tests.Platform.Telemetry;

/// <summary>What is counted and measured, with its unit and its attributes, by the code that does it.</summary>
public sealed class InstrumentTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2031, 5, 6, 7, 8, 9, TimeSpan.Zero);
    private readonly Measurements _measured = new();

    [Fact]
    public async Task An_invoice_is_counted_at_each_status_and_its_time_to_paid_is_measured()
    {
        InvoiceStore store = await StoreAsync();
        InvoiceTerms terms = Stage.TermsOf(new("mer_1", Id.New("inv", Now), "anvil")) with { CreatedAt = Now };
        Stage stage = new(terms, Now.AddSeconds(42));
        Stored<Invoice> made = await store.CommitAsync(null, [new InvoiceCreated(terms, Now)], null, null, default);
        await store.CommitAsync(
            made, [stage.Seen(stage.Due, 90), new PaymentDetected(stage.Now), stage.Confirmed, new InvoicePaid(stage.Now)], null, null, default);

        Assert.Equal(
            [
                "coinpay.invoice.transitions{status=created,network=anvil} 1 {transition}",
                "coinpay.invoice.transitions{status=detected,network=anvil} 1 {transition}",
                "coinpay.invoice.transitions{status=paid,network=anvil} 1 {transition}",
                "coinpay.invoice.time_to_paid{network=anvil} 42 s",
            ],
            _measured.All);
    }

    [Fact]
    public void Every_meter_of_the_product_has_the_name_that_is_exported()
    {
        Meter[] meters =
        [
            .. new[] { typeof(Network).Assembly, typeof(GatewayMeter).Assembly }
                .SelectMany(assembly => assembly.GetTypes())
                .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
                .Where(field => field.FieldType == typeof(Meter))
                .Select(field => (Meter)field.GetValue(null)!),
        ];
        Assert.True(meters.Length >= 2, "the search finds the meters");
        Assert.All(meters, meter => Assert.Equal(GatewayMeter.Name, meter.Name));
    }

    [Fact]
    public async Task A_commit_that_was_refused_counts_for_nothing()
    {
        InvoiceStore store = await StoreAsync();
        InvoiceTerms terms = Stage.TermsOf(new("mer_1", Id.New("inv", Now), "anvil"));
        await store.CommitAsync(null, [new InvoiceCreated(terms, Now)], null, null, default);
        await Assert.ThrowsAsync<TableTransactionFailedException>(
            () => store.CommitAsync(null, [new InvoiceCreated(terms, Now)], null, null, default));

        Assert.Single(_measured.Of("coinpay.invoice.transitions"));
    }

    [Fact]
    public async Task Each_attempt_is_counted_and_the_first_success_is_measured_from_the_event_on()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        shop.Internet.AlwaysAnswer(HttpStatusCode.InternalServerError);
        await shop.PublishAsync();
        await shop.DeliverAsync();
        shop.Internet.AlwaysAnswer(HttpStatusCode.OK);
        await shop.DeliverAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(
            ["coinpay.webhook.attempts{outcome=refused} 1 {attempt}", "coinpay.webhook.attempts{outcome=delivered} 1 {attempt}"],
            _measured.Of("coinpay.webhook.attempts"));
        string latency = Assert.Single(_measured.Of("coinpay.webhook.latency"));
        Assert.Matches(@"^coinpay\.webhook\.latency\{\} [1-9]\d*(\.\d+)? s$", latency);
        Assert.Empty(_measured.Of("coinpay.webhook.dead"));
    }

    [Fact]
    public async Task What_gets_no_answer_and_what_is_given_up_is_told_apart()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        shop.Internet.Answer = _ => throw new HttpRequestException("down");
        await shop.PublishAsync();
        await shop.DeliverAsync();
        shop.Internet.AlwaysAnswer(HttpStatusCode.Gone);
        await shop.DeliverAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(
            ["coinpay.webhook.attempts{outcome=unanswered} 1 {attempt}", "coinpay.webhook.attempts{outcome=refused} 1 {attempt}"],
            _measured.Of("coinpay.webhook.attempts"));
        Assert.Equal(["coinpay.webhook.dead{} 1 {delivery}"], _measured.Of("coinpay.webhook.dead"));
    }

    [Fact]
    public async Task A_message_on_a_poison_queue_is_counted_by_its_queue()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        foreach (string name in (string[])[DeliveryQueue.Fast, DeliveryQueue.Slow])
        {
            QueueClient poison = shop.Edge.Get<QueueServiceClient>().GetQueueClient(name + StorageClients.PoisonSuffix);
            await poison.CreateAsync();
            await poison.SendMessageAsync("nonsense");
        }
        await shop.Edge.Function<RequeuePoisoned>().Run(new(), default);

        Assert.Equal(
            ["coinpay.queue.poisoned{queue=webhooks} 1 {message}", "coinpay.queue.poisoned{queue=webhooks-slow} 1 {message}"],
            _measured.Of("coinpay.queue.poisoned"));
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Failed, 1)]
    [InlineData(OrchestrationRuntimeStatus.Completed, 0)]
    public async Task An_orchestration_that_failed_is_counted_once_when_its_follower_starts(OrchestrationRuntimeStatus ended, int counted)
    {
        await using FewInstances client = new();
        client.Instances["inv_1"] = ended;
        for (int wake = 0; wake < 3; wake++)
            await InvoiceOrchestrations.WakeAsync(client, new("mer_1", "inv_1", "anvil"), default);

        Assert.Equal(
            Enumerable.Repeat("coinpay.orchestration.failed{} 1 {orchestration}", counted), _measured.Of("coinpay.orchestration.failed"));
    }

    [Fact]
    public async Task Every_request_to_storage_is_counted_with_its_outcome()
    {
        await using WebApplication storage = await AnsweringAsync();
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] =
                $"TableEndpoint={storage.Urls.Single()};QueueEndpoint={storage.Urls.Single()};SharedAccessSignature=sig=s",
        }).Build();
        DefaultAzureCredential nobody = new();
        TableServiceClient tables = StorageClients.Tables(configuration, nobody);
        await tables.GetTableClient("here").AddEntityAsync(new TableEntity("p", "r"));
        Assert.False(await tables.GetTableClient("gone").TryAddAsync(new TableEntity("p", "r"), default));
        await StorageClients.Queues(configuration, nobody).GetQueueClient("here").ClearMessagesAsync();
        StorageInstruments.Asked("table", 503);
        StorageInstruments.Asked("table", null);

        Assert.Equal(
            new[] { "table,outcome=ok", "table,outcome=refused", "queue,outcome=ok", "table,outcome=throttled", "table,outcome=failed" }
                .Select(tags => $"coinpay.storage.operations{{service={tags}}} 1 {{operation}}"),
            _measured.Of("coinpay.storage.operations"));
    }

    public void Dispose() => _measured.Dispose();

    private static async Task<InvoiceStore> StoreAsync()
    {
        Tables tables = new(new MemoryStorage(TimeProvider.System).TableService());
        await tables.EnsureCreatedAsync(default);
        return new(tables, new([Edge.Anvil]));
    }

    /// <summary>A storage account that has what is here, and knows nothing of what is gone.</summary>
    private static async Task<WebApplication> AnsweringAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.MapFallback(http =>
        {
            bool isGone = http.Request.Path.Value!.StartsWith("/gone", StringComparison.Ordinal);
            http.Response.StatusCode = isGone ? StatusCodes.Status409Conflict : StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
        await app.StartAsync();
        return app;
    }
}
