using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Invoices.Exceptions;

/// <summary><c>GET /v1/exceptions/{id}</c>.</summary>
internal sealed class GetException(Callers callers, ExceptionStore exceptions)
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
        return new JsonAnswer(StatusCodes.Status200OK, found.Document);
    }
}
