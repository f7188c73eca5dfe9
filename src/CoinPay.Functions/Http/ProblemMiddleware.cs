using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Http;

/// <summary>
/// Turns every exception of an HTTP call into problem+json: a <see cref="ProblemException"/> into its problem, anything
/// else into <c>internal</c>, whose cause appears only in the log, under the invocation's id.
/// </summary>
internal sealed class ProblemMiddleware(ILogger<ProblemMiddleware> log) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller has disconnected: nobody reads the response.
            context.GetInvocationResult().Value = Problems.Internal.ToAnswer();
        }
        catch (Exception failure) when (!http.Response.HasStarted)
        {
            context.GetInvocationResult().Value = ProblemOf(failure, context).ToAnswer();
        }
    }

    private Problem ProblemOf(Exception failure, FunctionContext context)
    {
        // The worker can wrap a function's exception.
        for (Exception? at = failure; at is not null; at = at.InnerException)
            if (at is ProblemException known)
                return known.Problem;
            else if (at is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge })
                return Problems.BodyTooLarge;
            else if (at is BadHttpRequestException)
                return Problems.InvalidRequest("The request cannot be read.");
        log.LogError(
            failure, "{Function} failed, invocation {InvocationId}", context.FunctionDefinition.Name,
            context.InvocationId);
        return Problems.Internal;
    }
}
