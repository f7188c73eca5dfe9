using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace CoinPay.Functions.Http;

/// <summary>Counts every HTTP call, including public ones, against the client's address.</summary>
internal sealed class LimitMiddleware(RequestLimits limits) : IFunctionsWorkerMiddleware
{
    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http)
            limits.TakeOfAddress(http);
        return next(context);
    }
}
