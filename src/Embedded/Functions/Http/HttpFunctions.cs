using CoinPay.Embedded.Hosting;
using CoinPay.Embedded.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Http;

/// <summary>HTTP functions as endpoints of ASP.NET Core's routing, with the real host's answers where there is no function.</summary>
internal static class HttpFunctions
{
    /// <summary>Route parts that the real host keeps to itself.</summary>
    private static readonly string[] Reserved = ["admin", "runtime"];

    public static void Map(WebApplication app, FunctionCatalog catalog, HostSettings settings)
    {
        FunctionInvoker invoker = app.Services.GetRequiredService<FunctionInvoker>();
        HostKeys keys = app.Services.GetRequiredService<HostKeys>();
        ILogger log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(HttpFunctions));
        IEnumerable<Endpoint> endpoints = catalog.TriggeredBy<HttpTriggerAttribute>().Select(http => keys.Guard(
            http.Trigger.AuthLevel,
            http.Trigger.Methods,
            Template(http.Function.Name, http.Trigger, settings.RoutePrefix),
            request => AnswerAsync(invoker, http.Function, request, log),
            http.Function.Name));
        ((IEndpointRouteBuilder)app).DataSources.Add(new DefaultEndpointDataSource([.. endpoints]));
    }

    private static string Template(string name, HttpTriggerAttribute trigger, string prefix)
    {
        string route = trigger.Route ?? name;
        if (route.Trim('/').Length == 0)
            throw new InvalidOperationException(
                $"Function '{name}': the real host cannot serve the route \"{route}\"; for the root use \"{{x:regex(^$)?}}\".");
        if (trigger.AuthLevel == AuthorizationLevel.User)
            throw new InvalidOperationException($"Function '{name}': the host offers no AuthorizationLevel.User.");
        string first = route.TrimStart('/').Split('/')[0];
        if (prefix.Length == 0 && Reserved.Contains(first, StringComparer.OrdinalIgnoreCase))
            throw new InvalidOperationException($"Function '{name}': the host keeps routes below \"{first}\" to itself.");
        return prefix.Length == 0 ? route : $"{prefix}/{route}";
    }

    private static async Task AnswerAsync(FunctionInvoker invoker, FunctionDescriptor function, HttpContext http, ILogger log)
    {
        InvocationContext context = new(function, http.RequestAborted)
        {
            HttpContext = http,
            TriggerValue = http.Request,
            BindingData = http.Request.RouteValues,
        };
        IServiceProvider outer = http.RequestServices;
        try
        {
            await invoker.InvokeAsync(context);
            if (function.HttpResultOf(context.Result.Value) is { } result)
                await (result as IActionResult ?? new ObjectResult(result)).ExecuteResultAsync(
                    new ActionContext(http, http.GetRouteData(), new ActionDescriptor()));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer.
        }
        catch (Exception failure)
        {
            if (http.Response.HasStarted)
                throw;
            log.LogDebug(failure, "{Function} answers 500", function.Name);
            http.Response.Clear();
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
        finally
        {
            http.RequestServices = outer;
        }
    }
}
