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
/// <c>POST /v1/invoices/{id}/fulfilments</c> <c>{key}</c>: compare-and-set on the invoice's single fulfilment key, so goods
/// ship once. Returns 201 the first time, then 200 with the same body; 409 while the invoice cannot be fulfilled.
/// </summary>
internal sealed class FulfilInvoice(
    Calls calls, InvoiceCommands commands, TimeProvider clock)
{
    private const int MaxKeyLength = 100;

    [Function(nameof(FulfilInvoice))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/invoices/{id}/fulfilments")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellation)
    {
        MerchantCall call = await calls.OfMerchantAsync(request, Scope.InvoicesWrite, cancellation);
        string key = call.Body.RequiredString("key", MaxKeyLength);
        return await call.OnceAsync(
            nameof(FulfilInvoice) + id, "ful", _ => FulfilAsync(call.Caller, id, key, durable, cancellation));
    }

    private async Task<JsonAnswer> FulfilAsync(
        Caller caller, string id, string key, DurableTaskClient durable, CancellationToken cancellation)
    {
        (Stored<Invoice> stored, bool isFirst) = await commands.RunAsync(
            caller, id, _ => new InvoiceCommand.Fulfil(key, caller.KeyId, clock.GetUtcNow()), durable, cancellation);
        object answer = new { @object = "fulfilment", invoice_id = stored.State.Terms.Id, key, status = "fulfilled", at = stored.State.FulfilledAt };
        return isFirst ? JsonAnswer.Created(answer) : JsonAnswer.Ok(answer);
    }
}
