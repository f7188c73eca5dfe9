using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Invoices.Exceptions;
using CoinPay.Functions.Platform.Aggregates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Invoices;

/// <summary><c>GET /v1/exceptions/{id}</c>: as the invoice has it now, because more money can have arrived since the list was written.</summary>
internal sealed class GetException(Callers callers, ExceptionStore exceptions, InvoiceStore invoices, Networks networks)
{
    [Function(nameof(GetException))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/exceptions/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        Caller caller = await callers.RequireMerchantAsync(request, Scope.InvoicesRead, cancellation);
        ExceptionReference found = await exceptions.FindAsync(caller, id, cancellation)
            ?? throw new ProblemException(Problems.NotFound("exception"));
        Stored<Invoice>? stored = await invoices.FindAsync(caller.MerchantId, found.InvoiceId, cancellation);
        return stored?.State.Exceptions.Find(known => known.Number == found.Number) is { } current
            ? JsonAnswer.Ok(ExceptionDocument.Of(stored.State, current, networks))
            : new JsonAnswer(StatusCodes.Status200OK, found.Document);
    }
}
