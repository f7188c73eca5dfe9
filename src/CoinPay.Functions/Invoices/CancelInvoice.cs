using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform.Aggregates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// <c>POST /v1/invoices/{id}/cancel</c>: possible only until a payment is seen. Repeating it returns the same answer.
/// </summary>
internal sealed class CancelInvoice(
    Calls calls, InvoiceCommands commands, Networks networks, TimeProvider clock)
{
    [Function(nameof(CancelInvoice))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/invoices/{id}/cancel")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellation)
    {
        MerchantCall call = await calls.OfMerchantOptionalAsync(request, Scope.InvoicesWrite, cancellation);
        return await call.OnceAsync(
            nameof(CancelInvoice) + id, "inv", _ => CancelAsync(call.Caller, id, durable, cancellation));
    }

    private async Task<JsonAnswer> CancelAsync(
        Caller caller, string id, DurableTaskClient durable, CancellationToken cancellation)
    {
        (Stored<Invoice> cancelled, _) = await commands.RunAsync(
            caller, id, _ => new InvoiceCommand.Cancel(caller.KeyId, clock.GetUtcNow()), durable, cancellation);
        return JsonAnswer.Ok(InvoiceDocument.Of(cancelled, headHeight: null, networks));
    }
}
