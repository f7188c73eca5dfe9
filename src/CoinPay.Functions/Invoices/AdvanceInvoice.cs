using System.Diagnostics;
using Azure;
using CoinPay.Core;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Platform.Telemetry;
using CoinPay.Functions.Rates;
using CoinPay.Functions.Watching;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// Brings an invoice up to what the chain shows: load, decide, commit, send, acknowledge. The one activity of an invoice's
/// orchestration, safe to repeat after a crash at any point.
/// </summary>
internal sealed class AdvanceInvoice(
    InvoiceStore invoices,
    ViewStore views,
    WatchStore watches,
    CursorStore cursors,
    InvoiceOutbox outbox,
    Deadlines deadlines,
    IRateSource rates,
    TimeProvider clock,
    ILogger<AdvanceInvoice> log)
{
    private const int MaxConflicts = 10;
    private const int MaxCommits = 1_000;

    /// <summary>
    /// A call that begins later than this after it was asked for may be one whose message came back because its process died. Another call
    /// has been answered in its place, and nobody reads its outlook. Messages come back after a minute: host.json,
    /// <c>workItemQueueVisibilityTimeout</c>.
    /// </summary>
    private static readonly TimeSpan LateAfter = TimeSpan.FromSeconds(30);

    [Function(nameof(AdvanceInvoice))]
    public async Task<Outlook> Run(
        [ActivityTrigger] InvoiceReference invoice, [DurableClient] DurableTaskClient durable, CancellationToken cancellation)
    {
        bool isLate = invoice.AskedAt is not { } askedAt || clock.GetUtcNow().UtcDateTime - askedAt > LateAfter;
        // The pending row before the view: a view written in between keeps its pending row.
        PendingView? pending = await views.FindPendingAsync(invoice.Network, invoice.InvoiceId, cancellation);
        Stored<Invoice> stored = await LoadAsync(invoice, cancellation);
        using Activity? span = InvoiceTrace.Continue("invoice.advance", invoice.InvoiceId, stored.TraceParent, pending?.TraceParent);
        if (pending is not null || !IsAsCreated(stored.State))
            stored = await CommitAsync(invoice, stored, await ReadViewAsync(invoice, cancellation), cancellation);
        await outbox.FlushAsync(stored, cancellation);
        if (pending is not null)
        {
            // Without the pending row nobody else would look, so a late call asks for another look before it removes the row.
            if (isLate)
                await InvoiceOrchestrations.WakeAsync(durable, new(invoice.MerchantId, invoice.InvoiceId, invoice.Network), cancellation);
            await views.AcknowledgeAsync(invoice.Network, invoice.InvoiceId, pending.Tag, cancellation);
        }
        span?.SetTag("coinpay.status", stored.State.Status.Text());
        Outlook outlook = LookOut(stored.State) with { AskedAt = invoice.AskedAt };
        if (outlook.IsFinished)
            await StopWatchingAsync(invoice, cancellation);
        return outlook;
    }

    /// <summary>Nothing was ever taken up and nothing is due: without a pending row there is nothing to decide.</summary>
    private bool IsAsCreated(Invoice state) => state.Version == 1 && clock.GetUtcNow() < state.Terms.ExpiresAt;

    private async Task<View> ReadViewAsync(InvoiceReference invoice, CancellationToken cancellation)
    {
        // The cursor before the view: every transfer that a complete poll found stands in the views before the cursor says so.
        Cursor? cursor = await cursors.FindAsync(invoice.Network, cancellation);
        List<ViewedTransfer> transfers = await views.ReadAsync(invoice.Network, invoice.InvoiceId, cancellation);
        Dictionary<string, ChainKnowledge> others = new(StringComparer.Ordinal);
        foreach (string network in transfers.Select(transfer => transfer.WrongNetwork).OfType<string>().Distinct())
            if (await cursors.FindAsync(network, cancellation) is { } other)
                others[network] = other.Knowledge;
        return new(transfers, cursor?.Knowledge) { Others = others };
    }

    /// <summary>Decides and commits until the view is booked; a commit that met another one starts over from the store.</summary>
    private async Task<Stored<Invoice>> CommitAsync(
        InvoiceReference invoice, Stored<Invoice> stored, View view, CancellationToken cancellation)
    {
        int conflicts = 0;
        for (int commit = 0; commit < MaxCommits; commit++)
        {
            Decision decision = await DecideAsync(stored.State, view, cancellation);
            if (decision.Events.Count == 0)
                return stored;
            try
            {
                InvoiceStatus before = stored.State.Status;
                stored = await invoices.CommitAsync(stored, decision.Events, view.Chain, answer: null, cancellation);
                if (stored.State.Status != before)
                    log.LogInformation("{InvoiceId}: {Before} to {After}", invoice.InvoiceId, before.Text(), stored.State.Status.Text());
            }
            catch (RequestFailedException conflict) when (conflict.Status == 412 && ++conflicts <= MaxConflicts)
            {
                stored = await LoadAsync(invoice, cancellation);
            }
        }
        throw new BugException("an advance that does not end: " + invoice.InvoiceId);
    }

    /// <summary>The exchange rate is asked for only where a decision turns on it; while nobody knows it, money is held.</summary>
    private async Task<Decision> DecideAsync(Invoice state, View view, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        Decision decision = InvoiceDecider.Decide(state, new InvoiceCommand.Advance(view, now));
        if (!decision.WantsRate)
            return decision;
        Rate? rate = await rates.FindAsync(state.Terms.Quote.Price.Currency, state.Terms.Due.Asset.Symbol, now, cancellation);
        return rate is null ? decision : InvoiceDecider.Decide(state, new InvoiceCommand.Advance(view, now, rate));
    }

    private async Task<Stored<Invoice>> LoadAsync(InvoiceReference invoice, CancellationToken cancellation) =>
        await invoices.FindAsync(invoice.MerchantId, invoice.InvoiceId, cancellation)
        ?? throw new InvalidOperationException($"{invoice.InvoiceId} is started and not stored");

    private Outlook LookOut(Invoice state)
    {
        bool isFinished = InvoiceDecider.IsFinished(state, clock.GetUtcNow());
        return new(state.Status.Text(), state.Version, isFinished ? null : deadlines.NextOf(state), isFinished);
    }

    private async Task StopWatchingAsync(InvoiceReference invoice, CancellationToken cancellation)
    {
        await views.RemoveAsync(invoice.Network, invoice.InvoiceId, cancellation);
        await watches.RemoveAsync(invoice.Network, invoice.InvoiceId, cancellation);
    }
}
