using System.Diagnostics;
using CoinPay.Core;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Platform.Telemetry;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Storage;
using Xunit;

namespace CoinPay.Functions.Tests.Platform.Telemetry;

/// <summary>Where a span about an invoice belongs. Only this class listens, and only to its own flow.</summary>
public sealed class InvoiceTraceTests : IDisposable
{
    private static readonly AsyncLocal<bool> IsHere = new();
    private static readonly ActivitySource Caller = new("Caller." + nameof(InvoiceTraceTests));
    private readonly InvoiceTerms _terms = Stage.TermsOf(new("mer_1", Id.New("inv", DateTimeOffset.UtcNow), "anvil"));
    private ActivityListener? _listener;

    [Fact]
    public async Task The_span_that_stored_an_invoice_is_gone_on_from_by_whoever_reads_it_also_after_a_change()
    {
        Listen();
        InvoiceStore store = await StoreAsync();
        ActivityContext made;
        using (Activity request = Caller.StartActivity("request")!)
        {
            made = request.Context;
            Stored<Invoice> stored = await store.CommitAsync(null, [new InvoiceCreated(_terms, _terms.CreatedAt)], null, null, default);
            await store.CommitAsync(stored, [new InvoiceCancelled("key_1", _terms.CreatedAt)], null, null, default);
        }
        Stored<Invoice> found = (await store.FindAsync(_terms.MerchantId, _terms.Id, default))!;

        using Activity poll = Caller.StartActivity("poll")!;
        using Activity function = Caller.StartActivity("function", ActivityKind.Internal, default(ActivityContext))!;
        using Activity advance = InvoiceTrace.Continue("advance", _terms.Id, found.TraceParent, poll.Id)!;
        Assert.Equal((made.TraceId, made.SpanId), (advance.TraceId, advance.ParentSpanId));
        Assert.Equal(_terms.Id, advance.GetTagItem("coinpay.invoice_id"));
        Assert.Contains(advance.Links, link => link.Context.SpanId == poll.SpanId);
        advance.Dispose();
        Assert.Same(function, Activity.Current);
    }

    [Fact]
    public void An_invoice_of_before_there_were_traces_is_traced_where_it_is_worked_on()
    {
        Listen();
        using Activity function = Caller.StartActivity("function")!;
        using Activity advance = InvoiceTrace.Continue("advance", _terms.Id, traceParent: null)!;
        Assert.Equal((function.TraceId, function.SpanId), (advance.TraceId, advance.ParentSpanId));
        Assert.Empty(advance.Links);
    }

    [Fact]
    public async Task While_nobody_listens_there_is_no_span_and_nothing_is_stored()
    {
        using Activity request = new Activity("request").Start();
        Assert.Null(InvoiceTrace.Here);
        InvoiceStore store = await StoreAsync();
        await store.CommitAsync(null, [new InvoiceCreated(_terms, _terms.CreatedAt)], null, null, default);
        Assert.Null((await store.FindAsync(_terms.MerchantId, _terms.Id, default))!.TraceParent);
        Assert.Null(InvoiceTrace.Continue("advance", _terms.Id, request.Id));
    }

    [Theory]
    [InlineData("inv_01m855pdmn2w6tng4pk1q7f8g0", "inv_01m855pdmn2w6tng4pk1q7f8g0")]
    [InlineData("inv_01m855pdmn2w6tng4pk1q7f8g0!2", "inv_01m855pdmn2w6tng4pk1q7f8g0")]
    [InlineData("exc_01m855pdmn2w6tng4pk1q7f8g0", null)]
    [InlineData(null, null)]
    public void An_orchestration_is_told_by_its_invoice_and_other_ids_by_nothing(string? id, string? invoiceId) =>
        Assert.Equal(invoiceId, InvoiceTrace.InvoiceOf(id));

    public void Dispose() => _listener?.Dispose();

    private void Listen()
    {
        IsHere.Value = true;
        _listener = new()
        {
            ShouldListenTo = source => source.Name == InvoiceTrace.SourceName || source == Caller,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) =>
                IsHere.Value ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    private static async Task<InvoiceStore> StoreAsync()
    {
        Tables tables = new(new MemoryStorage(TimeProvider.System).TableService());
        await tables.EnsureCreatedAsync(default);
        return new(tables, new([Edge.Anvil]));
    }
}
