using System.Text.Json;
using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Invoices.Exceptions;

/// <summary><c>GET /v1/exceptions?status=open&amp;type=</c>, newest first: payments that need a decision or had one.</summary>
internal sealed class ListExceptions(Callers callers, ExceptionStore exceptions)
{
    [QueryParameters("status", "type", "limit", "cursor")]
    [Function(nameof(ListExceptions))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/exceptions")] HttpRequest request,
        CancellationToken cancellation)
    {
        Caller caller = await callers.RequireMerchantAsync(request, Scope.InvoicesRead, cancellation);
        string? status = request.Query["status"];
        if (status is not (null or "open" or "resolved"))
            throw new ProblemException(Problems.InvalidRequest("status must be open or resolved."));
        string? type = request.Query["type"];
        string[] types = [.. Enum.GetValues<ExceptionType>().Select(known => known.Text())];
        if (type is not null && !types.Contains(type, StringComparer.Ordinal))
            throw new ProblemException(Problems.InvalidRequest($"type must be one of {string.Join(", ", types)}."));
        (List<ExceptionReference> page, string? last) = await exceptions.ReadAsync(
            caller, status, type, Pages.Of(request), cancellation);
        return Pages.Answer(page.Select(found => JsonSerializer.Deserialize<JsonElement>(found.Document)).ToList(), last);
    }
}
