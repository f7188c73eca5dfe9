using Azure;
using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Access;

/// <summary>
/// Records the result of every operator's call in the audit log. Wraps <see cref="ProblemMiddleware"/>, so that it sees
/// the response that the operator gets; a response that cannot be recorded is not sent.
/// </summary>
internal sealed class AuditMiddleware(AuditLog audit, ILogger<AuditMiddleware> log) : IFunctionsWorkerMiddleware
{
    private static readonly object RequestIdItem = new();

    /// <summary>Returns the invocation's id, which identifies a call in the log.</summary>
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
            // Not the caller's token: a call is recorded even if its caller hangs up.
            await audit.EndAsync(http, status, CancellationToken.None);
        }
        catch (RequestFailedException failure)
        {
            log.LogError(failure, "Cannot record the result of invocation {InvocationId} in the audit log", context.InvocationId);
            result.Value = Problems.Internal.ToAnswer();
        }
    }
}
