using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Watching;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Invoices;

/// <summary><c>GET /v1/invoices/{id}</c>: the current invoice, with confirmations counted from the head.</summary>
internal sealed class GetInvoice(Callers callers, InvoiceStore invoices, CursorStore cursors, Networks networks)
{
    [Function(nameof(GetInvoice))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/invoices/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        Caller caller = await callers.RequireMerchantAsync(request, Scope.InvoicesRead, cancellation);
        Stored<Invoice> stored = await FindAsync(invoices, caller, id, cancellation);
        Cursor? cursor = await cursors.FindAsync(stored.State.Terms.Network, cancellation);
        return JsonAnswer.Ok(InvoiceDocument.Of(stored, cursor?.Head.Height, networks));
    }

    /// <summary>Returns the caller's invoice; another merchant's invoice is reported as not found.</summary>
    public static async Task<Stored<Invoice>> FindAsync(InvoiceStore invoices, Caller caller, string id, CancellationToken cancellation)
    {
        Stored<Invoice>? stored = Id.IsWellFormed("inv", id) ? await invoices.FindAsync(caller.MerchantId, id, cancellation) : null;
        return stored is not null && stored.State.Terms.Livemode == caller.Livemode
            ? stored
            : throw new ProblemException(Problems.NotFound("invoice"));
    }
}
