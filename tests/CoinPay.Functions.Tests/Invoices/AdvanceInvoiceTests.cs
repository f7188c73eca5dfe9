using Azure.Data.Tables;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Gateway;
using Microsoft.DurableTask.Client;
using Xunit;
using AdvanceInvoice = CoinPay.Functions.Invoices.AdvanceInvoice;

namespace CoinPay.Functions.Tests.Invoices;

/// <summary>The activity of an invoice's orchestration crashed before and after every storage call.</summary>
public sealed class AdvanceInvoiceTests(AppServices app) : IClassFixture<AppServices>, IAsyncDisposable
{
    private readonly InvoiceReference _invoice = new(
        Id.New("mer", DateTimeOffset.UtcNow), Id.New("inv", DateTimeOffset.UtcNow), "anvil");

    private readonly FewInstances _instances = new();

    public ValueTask DisposeAsync() => _instances.DisposeAsync();

    [Fact]
    public async Task A_confirmed_payment_is_booked_told_and_acknowledged()
    {
        await StoreAsync(_invoice);
        await ShowAsync(_invoice, blockHeight: 10, headHeight: 12);

        Outlook outlook = await AdvanceAsync(_invoice);

        Assert.Equal(("paid", false), (outlook.Status, outlook.IsFinished));
        await LeftAsItShouldAsync(_invoice);
    }

    [Fact]
    public async Task A_new_invoice_asks_for_the_view_only_once_there_is_one()
    {
        await StoreAsync(_invoice);
        app.Faults.Reset();
        Assert.Equal("created", (await AdvanceAsync(_invoice)).Status);
        int created = app.Faults.Calls;
        app.Faults.Reset();
        Assert.Equal("created", (await AdvanceAsync(_invoice)).Status);
        // The pending row and the invoice, and nothing else.
        Assert.Equal(2, app.Faults.Calls);
        Assert.InRange(created, 3, 7);

        await ShowAsync(_invoice, blockHeight: 10, headHeight: 12);
        Assert.Equal("paid", (await AdvanceAsync(_invoice)).Status);
        await LeftAsItShouldAsync(_invoice);
    }

    [Fact]
    public async Task Advancing_again_changes_nothing()
    {
        await StoreAsync(_invoice);
        await ShowAsync(_invoice, blockHeight: 10, headHeight: 12);
        Outlook first = await AdvanceAsync(_invoice);

        Assert.Equal(first.Version, (await AdvanceAsync(_invoice)).Version);
        await LeftAsItShouldAsync(_invoice);
    }

    [Fact]
    public async Task A_crash_before_or_after_any_storage_call_is_healed_by_the_next_run()
    {
        await StoreAsync(_invoice);
        await ShowAsync(_invoice, blockHeight: 10, headHeight: 12);
        app.Faults.Reset();
        await AdvanceAsync(_invoice);
        int calls = app.Faults.Calls;
        Assert.InRange(calls, 8, 60);

        for (int crashAt = 1; crashAt <= calls; crashAt++)
            foreach (bool afterEffect in new[] { false, true })
            {
                InvoiceReference invoice = new(Id.New("mer", DateTimeOffset.UtcNow), Id.New("inv", DateTimeOffset.UtcNow), "anvil");
                await StoreAsync(invoice);
                await ShowAsync(invoice, blockHeight: 10, headHeight: 12);
                app.Faults.Reset(crashAt, afterEffect);
                await Assert.ThrowsAnyAsync<Exception>(() => AdvanceAsync(invoice));
                app.Faults.Reset();

                Outlook outlook = await AdvanceAsync(invoice);
                Assert.Equal("paid", outlook.Status);
                await LeftAsItShouldAsync(invoice);
            }
    }

    [Fact]
    public async Task The_timeline_is_chained_and_folds_to_the_snapshot()
    {
        await StoreAsync(_invoice);
        await ShowAsync(_invoice, blockHeight: 10, headHeight: 12);
        await AdvanceAsync(_invoice);

        Invoice? folded = null;
        string hash = Timeline.Start;
        foreach ((int version, InvoiceEvent happened, string text, string chained) in
            await app.Get<InvoiceStore>().ReadTimelineAsync(_invoice.MerchantId, _invoice.InvoiceId, CancellationToken.None))
        {
            Assert.Equal(text, StoredJson.Write(happened));
            hash = Timeline.Hash(hash, version, text);
            Assert.Equal(hash, chained);
            folded = Invoice.Evolve(folded, happened);
        }

        Stored<Invoice> stored = (await app.Get<InvoiceStore>().FindAsync(_invoice.MerchantId, _invoice.InvoiceId, CancellationToken.None))!;
        Assert.Equal(StoredJson.Write(folded), StoredJson.Write(stored.State));
        Assert.Equal(hash, stored.LastHash);
    }

    /// <summary>Seed 7183: an advance whose message came back took up what a lost wake was about, and nobody read its outlook.</summary>
    [Fact]
    public async Task A_late_call_asks_for_another_look_before_it_removes_the_pending_row()
    {
        await StoreAsync(_invoice);
        await ShowAsync(_invoice, blockHeight: 10, headHeight: 12);
        _instances.Instances[_invoice.InvoiceId] = OrchestrationRuntimeStatus.Running;

        _instances.IsDown = true;
        await Assert.ThrowsAsync<TimeoutException>(() => AdvanceAsync(_invoice, askedBefore: TimeSpan.FromSeconds(31)));
        Assert.NotNull(await app.Get<ViewStore>().FindPendingAsync(_invoice.Network, _invoice.InvoiceId, CancellationToken.None));

        _instances.IsDown = false;
        await AdvanceAsync(_invoice, askedBefore: TimeSpan.FromSeconds(31));
        Assert.Equal(["raise " + _invoice.InvoiceId], _instances.Calls);
        await LeftAsItShouldAsync(_invoice);

        // With nothing taken up there is nothing that anybody could miss.
        await AdvanceAsync(_invoice, askedBefore: TimeSpan.FromSeconds(31));
        Assert.Single(_instances.Calls);
    }

    [Fact]
    public async Task A_call_in_time_wakes_nobody()
    {
        await StoreAsync(_invoice);
        await ShowAsync(_invoice, blockHeight: 10, headHeight: 12);
        await AdvanceAsync(_invoice, askedBefore: TimeSpan.FromSeconds(20));
        Assert.Empty(_instances.Calls);
    }

    private Task<Outlook> AdvanceAsync(InvoiceReference invoice, TimeSpan askedBefore = default) => app.Function<AdvanceInvoice>().Run(
        invoice with { AskedAt = DateTime.UtcNow - askedBefore }, _instances, CancellationToken.None);

    /// <summary>What creating an invoice leaves: the watch and the invoice's batch, and an endpoint that wants everything.</summary>
    private async Task StoreAsync(InvoiceReference invoice)
    {
        await app.Get<WatchStore>().InsertAsync(
            new()
            {
                Network = invoice.Network,
                InvoiceId = invoice.InvoiceId,
                MerchantId = invoice.MerchantId,
                Address = "0xa",
                Recipient = "0xa",
                Required = RequiredDepth.OfBlocks(Stage.Required),
                MonitorUntil = DateTimeOffset.UtcNow.AddDays(90),
            },
            CancellationToken.None);
        Decision created = InvoiceDecider.Decide(null, new InvoiceCommand.Create(Stage.TermsOf(invoice), DateTimeOffset.UtcNow));
        await app.Get<InvoiceStore>().CommitAsync(null, created.Events, null, [1], CancellationToken.None);
    }

    /// <summary>What the poller leaves when a payment of the full amount stands in a block.</summary>
    private async Task ShowAsync(InvoiceReference invoice, long blockHeight, long headHeight)
    {
        CursorStore cursors = app.Get<CursorStore>();
        string hash = "0x" + new string('a', 64);
        Cursor? cursor = await cursors.FindAsync(invoice.Network, CancellationToken.None);
        Cursor read = await cursors.SaveAsync(
            invoice.Network,
            new(headHeight, [hash], new(headHeight, hash, DateTimeOffset.UtcNow, null, null), DateTimeOffset.UtcNow, cursor?.Tag ?? default),
            CancellationToken.None);
        Watch watch = (await app.Get<WatchStore>().FindAsync(invoice.Network, invoice.InvoiceId, CancellationToken.None))!;
        ViewedTransfer transfer = new(
            "0xt", "0", Stage.Usdt.Id, null, 1_000, DateTimeOffset.UtcNow, new(blockHeight, hash, DateTimeOffset.UtcNow), null);
        ViewStore views = app.Get<ViewStore>();
        ViewFence fence = await views.TakeOverAsync(invoice.Network, read, CancellationToken.None);
        await views.WriteAsync(fence, watch, [transfer], [], height: 0, _ => Outpoints.None, CancellationToken.None);
    }

    /// <summary>One of everything, nothing left to send, whatever happened on the way.</summary>
    private async Task LeftAsItShouldAsync(InvoiceReference invoice)
    {
        string partition = Key.Of(invoice.MerchantId, invoice.InvoiceId);
        List<string> rows = await app.Storage.GetTableClient("Invoices")
            .QueryAsync<TableEntity>(row => row.PartitionKey == partition).Select(row => row.RowKey).ToListAsync();
        Assert.DoesNotContain(rows, row => row.StartsWith("outbox!", StringComparison.Ordinal));
        Assert.Equal(6, rows.Count(row => row.StartsWith("event!", StringComparison.Ordinal)));
        Assert.Equal(2, rows.Count(row => row.StartsWith("line!", StringComparison.Ordinal)));
        Assert.Single(rows, row => row.StartsWith("transfer!", StringComparison.Ordinal));

        List<string> told = await app.Storage.GetTableClient("Events")
            .QueryAsync<TableEntity>(row => row.PartitionKey == invoice.MerchantId).Select(row => row.GetString("Type")).ToListAsync();
        Assert.Equal(
            ["invoice.confirming", "invoice.created", "invoice.paid", "invoice.payment_detected"],
            told.Order(StringComparer.Ordinal));
        Assert.Null(await app.Get<ViewStore>().FindPendingAsync(invoice.Network, invoice.InvoiceId, CancellationToken.None));
        Assert.True((await app.Get<WatchStore>().FindAsync(invoice.Network, invoice.InvoiceId, CancellationToken.None))!.Acknowledged);
    }
}
