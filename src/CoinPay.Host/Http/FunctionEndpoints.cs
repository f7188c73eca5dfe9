using CoinPay.Host.App;
using CoinPay.Host.Worker;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace CoinPay.Host.Http;

/// <summary>Turns HTTP functions into ASP.NET Core endpoints.</summary>
internal sealed class FunctionEndpoints(HttpInvoker invoker, HostKeys keys, ILogger<FunctionEndpoints> log)
{
    public Endpoint ToEndpoint(Function function, FunctionRoute route)
    {
        RouteEndpointBuilder endpoint = new(context => AnswerAsync(function, route.Level, context), route.Pattern, order: 0)
        {
            DisplayName = function.Name,
        };
        endpoint.Metadata.Add(new AcceptedMethods(route.Methods));
        return endpoint.Build();
    }

    private async Task AnswerAsync(Function function, KeyLevel level, HttpContext context)
    {
        if (!keys.Allow(level, context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        try
        {
            await invoker.AnswerAsync(function, context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone: nobody is waiting for a response.
        }
        catch (Exception failure)
        {
            log.LogDebug(failure, "{Function} failed", function.Name);
            if (context.Response.HasStarted)
                context.Abort();
            else
                Answer(context.Response, failure);
        }
    }

    /// <summary>Returns an empty response, as the real host does.</summary>
    private static void Answer(HttpResponse response, Exception failure)
    {
        response.Clear();
        response.StatusCode = failure.GetBaseException() is NoWorkerException or IOException
            ? StatusCodes.Status503ServiceUnavailable
            : StatusCodes.Status500InternalServerError;
    }
}
