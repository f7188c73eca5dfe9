using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Invoices.Exceptions;
using CoinPay.Functions.Platform.Aggregates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// <c>POST /v1/exceptions/{id}/reopen</c> <c>{note}</c>: takes back <c>ignore</c> or <c>write_off</c>, so that a misclick is not
/// final. Reopening an open exception returns it unchanged.
/// </summary>
internal sealed class ReopenException(
    Calls calls, ExceptionStore exceptions, InvoiceCommands commands, Networks networks, TimeProvider clock)
{
    [Function(nameof(ReopenException))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/exceptions/{id}/reopen")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellation)
    {
        MerchantCall call = await calls.OfMerchantOptionalAsync(request, Scope.ExceptionsWrite, cancellation);
        string? note = call.Body.OptionalString("note", ResolveException.MaxNoteLength);
        call.Body.ThrowIfInvalid();
        ExceptionReference found = await exceptions.FindAsync(call.Caller, id, cancellation)
            ?? throw new ProblemException(Problems.NotFound("exception"));
        return await call.OnceAsync(
            nameof(ReopenException) + id, "exc", _ => ReopenAsync(call.Caller, found, note, durable, cancellation));
    }

    private async Task<JsonAnswer> ReopenAsync(
        Caller caller, ExceptionReference found, string? note, DurableTaskClient durable, CancellationToken cancellation)
    {
        (Stored<Invoice> stored, _) = await commands.RunAsync(
            caller,
            found.InvoiceId,
            _ => new InvoiceCommand.ReopenException(found.Number, note, caller.KeyId, clock.GetUtcNow()),
            durable,
            cancellation);
        await exceptions.WriteAsync(stored.State, cancellation);
        InvoiceException reopened = stored.State.Exceptions.Find(each => each.Number == found.Number)
            ?? throw new BugException("a reopened exception is missing");
        return JsonAnswer.Ok(ExceptionDocument.Of(stored.State, reopened, networks));
    }
}
