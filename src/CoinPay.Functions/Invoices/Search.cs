using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Invoices.Exceptions;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Watching;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// <c>GET /v1/search?q=</c>: finds invoices by transaction hash, address, order id, customer reference, invoice id or exception
/// id. The answer says what each invoice matched by, and explains its state in words.
/// </summary>
internal sealed class Search(
    Callers callers, InvoiceIndex index, InvoiceStore invoices, ExceptionStore exceptions, CursorStore cursors, Networks networks)
{
    private const int MaxLength = 255;

    [QueryParameters("q")]
    [Function(nameof(Search))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/search")] HttpRequest request,
        CancellationToken cancellation)
    {
        Caller caller = await callers.RequireMerchantAsync(request, Scope.InvoicesRead, cancellation);
        string text = request.Query["q"].ToString().Trim();
        if (text.Length is 0 or > MaxLength)
            throw new ProblemException(Problems.InvalidRequest($"q must be 1 to {MaxLength} characters to search for."));
        List<object> results = [];
        foreach ((string invoiceId, string matchedBy) in await FindAsync(caller, text, cancellation))
            if (await invoices.FindAsync(caller.MerchantId, invoiceId, cancellation) is { } stored
                && stored.State.Terms.Livemode == caller.Livemode)
                results.Add(await ResultAsync(stored, matchedBy, cancellation));
        return JsonAnswer.Ok(new { data = results });
    }

    private async Task<IReadOnlyList<(string InvoiceId, string MatchedBy)>> FindAsync(
        Caller caller, string text, CancellationToken cancellation)
    {
        if (Id.IsWellFormed("inv", text))
            return [(text, "invoice_id")];
        if (await exceptions.FindAsync(caller, text, cancellation) is { } exception)
            return [(exception.InvoiceId, "exception_id")];
        return await index.FindAsync(caller.MerchantId, caller.Livemode, text, cancellation);
    }

    private async Task<object> ResultAsync(Stored<Invoice> stored, string matchedBy, CancellationToken cancellation)
    {
        Cursor? cursor = await cursors.FindAsync(stored.State.Terms.Network, cancellation);
        return new
        {
            @object = "search_result",
            matched_by = matchedBy,
            explanation = stored.State.Explanation(networks.FindAsset),
            invoice = InvoiceDocument.Of(stored, cursor?.Head.Height, networks),
        };
    }
}
