using Azure;
using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Access;

/// <summary>
/// Notes in the audit log how every operator's call ended. Stands around <see cref="ProblemMiddleware"/>, so that it sees
/// the answer that the operator gets; an answer that cannot be noted is not given.
/// </summary>
internal sealed class AuditMiddleware(AuditLog audit, ILogger<AuditMiddleware> log) : IFunctionsWorkerMiddleware
{
    private static readonly object RequestIdItem = new();

    /// <summary>The invocation's id, by which the log knows a call.</summary>
    public static string RequestIdOf(HttpContext http) => http.Items[RequestIdItem] as string ?? http.TraceIdentifier;

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }
        http.Items[RequestIdItem] = context.InvocationId;
        await next(context);
        InvocationResult result = context.GetInvocationResult();
        int status = result.Value is JsonAnswer answer ? answer.Status : StatusCodes.Status200OK;
        try
        {
            // Not the caller's token: who hangs up is noted all the same.
            await audit.EndAsync(http, status, CancellationToken.None);
        }
        catch (RequestFailedException failure)
        {
            log.LogError(failure, "the end of invocation {InvocationId} is not in the audit log", context.InvocationId);
            result.Value = Problems.Internal.ToAnswer();
        }
    }
}
