using Azure;
using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Watching;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// Carries out a merchant's command on an invoice. The orchestration sends what the commit left in the outbox; a mark set
/// before the commit makes the sweeper wake it if this process dies in between.
/// </summary>
internal sealed class InvoiceCommands(InvoiceStore invoices, ViewStore views, ILogger<InvoiceCommands> log)
{
    private const int MaxConflicts = 10;

    /// <summary>Returns the invoice after the command, and whether this call changed it; throws a problem if it is rejected.</summary>
    public async Task<(Stored<Invoice> After, bool IsChanged)> RunAsync(
        Caller caller, string id, Func<Invoice, InvoiceCommand> command, DurableTaskClient durable, CancellationToken cancellation)
    {
        Stored<Invoice> stored = await GetInvoice.FindAsync(invoices, caller, id, cancellation);
        InvoiceTerms terms = stored.State.Terms;
        RefuseRejected(InvoiceDecider.Decide(stored.State, command(stored.State)));
        await views.MarkChangingAsync(terms, cancellation);
        (Stored<Invoice> after, bool isChanged) = await CommitAsync(caller, stored, command, cancellation);
        await views.MarkChangedAsync(terms, cancellation);
        await InvoiceOrchestrations.WakeAsync(durable, new(terms.MerchantId, terms.Id, terms.Network), cancellation);
        return (after, isChanged);
    }

    private async Task<(Stored<Invoice> After, bool IsChanged)> CommitAsync(
        Caller caller, Stored<Invoice> stored, Func<Invoice, InvoiceCommand> command, CancellationToken cancellation)
    {
        for (int conflicts = 0; ; conflicts++)
        {
            Decision decision = InvoiceDecider.Decide(stored.State, command(stored.State));
            RefuseRejected(decision);
            if (decision.Events.Count == 0)
                return (stored, false);
            try
            {
                Stored<Invoice> after = await invoices.CommitAsync(stored, decision.Events, chain: null, answer: null, cancellation);
                if (after.State.Status != stored.State.Status)
                    log.LogInformation(
                        "{InvoiceId}: {Before} to {After} by command", after.State.Terms.Id, stored.State.Status.Text(), after.State.Status.Text());
                return (after, true);
            }
            catch (RequestFailedException conflict) when (conflict.Status == 412 && conflicts < MaxConflicts)
            {
                // Another commit came in between: reload and decide again.
                stored = await GetInvoice.FindAsync(invoices, caller, stored.State.Terms.Id, cancellation);
            }
        }
    }

    private static void RefuseRejected(Decision decision)
    {
        if (decision.Rejection is { } rejection)
            throw new ProblemException(Problems.Rejected(rejection));
    }
}
