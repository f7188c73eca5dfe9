using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Platform.Telemetry;

/// <summary>
/// Tags the span and the log lines of every invocation that has an invoice in its route or is a step of an invoice's
/// orchestration. Functions that find out the invoice later tag theirs with <see cref="InvoiceTrace"/>.
/// </summary>
internal sealed class FollowInvoice(ILogger<FollowInvoice> log) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        string? invoiceId = context.BindingContext.BindingData.Values
            .Select(value => InvoiceTrace.InvoiceOf(value as string)).FirstOrDefault(id => id is not null);
        if (invoiceId is null)
        {
            await next(context);
            return;
        }
        using IDisposable? marked = InvoiceTrace.Mark(log, invoiceId, context.GetHttpContext());
        await next(context);
    }
}
