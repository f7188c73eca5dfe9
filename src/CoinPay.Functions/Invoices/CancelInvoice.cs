using Azure;
using CoinPay.Core;
using CoinPay.Functions.Chains;
using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace CoinPay.Functions.Invoices;

/// <summary><c>POST /v1/invoices/{id}/cancel</c>: only while nothing was seen. Repeating it answers the same.</summary>
internal sealed class CancelInvoice(Access access, InvoiceStore invoices, ViewStore views, TimeProvider clock)
{
    private const int MaxConflicts = 5;

    [Function(nameof(CancelInvoice))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/invoices/{id}/cancel")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellation)
    {
        Caller caller = await access.MerchantAsync(request, Scope.InvoicesWrite, cancellation);
        RequestBody.Of(await RequestBody.ReadBytesAsync(request, cancellation), emptyIsObject: true).ThrowIfInvalid();
        StoredInvoice stored = await CommitAsync(caller, id, cancellation);
        // The orchestration sends what the commit left to send. Its pending row outlives a crash before the wake.
        InvoiceTerms terms = stored.State.Terms;
        await views.MarkPendingAsync(terms.Network, terms.Id, terms.MerchantId, cancellation);
        await InvoiceOrchestrations.WakeAsync(durable, new(terms.MerchantId, terms.Id, terms.Network), cancellation);
        return JsonAnswer.Ok(InvoiceDocument.Of(stored.State, headHeight: null));
    }

    private async Task<StoredInvoice> CommitAsync(Caller caller, string id, CancellationToken cancellation)
    {
        for (int conflicts = 0; ; conflicts++)
        {
            StoredInvoice stored = await GetInvoice.FindAsync(invoices, caller, id, cancellation);
            Decision decision = InvoiceDecider.Decide(stored.State, new Core.CancelInvoice(caller.KeyId, clock.GetUtcNow()));
            if (decision.Rejection is not null)
                throw new ProblemException(Problems.NotCancellable(stored.State.Status.Text()));
            if (decision.Events.Count == 0)
                return stored;
            try
            {
                return await invoices.CommitAsync(stored, decision.Events, chain: null, answer: null, cancellation);
            }
            catch (RequestFailedException conflict) when (conflict.Status == 412 && conflicts < MaxConflicts)
            {
                // A payment was booked in between: decide again on what is there now.
            }
        }
    }
}
