using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Functions of the HTTP tests; the class is made anew for each invocation.</summary>
public sealed class HttpFunctionsUnderTest(GreetingWords words)
{
    [Function("GetGreeting")]
    public IActionResult GetGreeting(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/greetings/{name}/{times:int?}")] HttpRequest request,
        string name,
        FunctionContext context,
        CancellationToken cancellation,
        int times = 1) =>
        new OkObjectResult(new { Text = string.Join(' ', Enumerable.Repeat($"{words.Hello} {name}", times)), context.FunctionDefinition.Name });

    [Function("PostGreeting")]
    public static async Task<IActionResult> PostGreeting(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/greetings/{name}")] HttpRequest request, string name)
    {
        using StreamReader body = new(request.Body);
        return new ContentResult { StatusCode = 201, Content = $"{name}: {await body.ReadToEndAsync()}" };
    }

    [Function("Throw")]
    public static IActionResult Throw([HttpTrigger(AuthorizationLevel.Anonymous, Route = "throw")] HttpRequest request) =>
        throw new InvalidOperationException("as asked");

    [Function("Root")]
    public static IActionResult Root([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "{x:regex(^$)?}")] HttpRequest request) =>
        new OkObjectResult("root");

    [Function("ForSystem")]
    public static IActionResult ForSystem([HttpTrigger(AuthorizationLevel.System, "get", Route = "system")] HttpRequest request) =>
        new OkResult();
}

/// <summary>A route that takes whatever no other takes.</summary>
public static class CatchAllFunction
{
    [Function("CatchAll")]
    public static IActionResult Run([HttpTrigger(AuthorizationLevel.Anonymous, Route = "{*path}")] HttpRequest request, string? path) =>
        new NotFoundObjectResult($"nothing at {path}");
}

public static class SlashRouteFunction
{
    [Function("SlashRoute")]
    public static IActionResult Run([HttpTrigger(AuthorizationLevel.Anonymous, Route = "/")] HttpRequest request) => new OkResult();
}

public sealed record GreetingWords(string Hello);

/// <summary>Answers in the function's place when told so, and turns exceptions into a 409.</summary>
public sealed class AnsweringMiddleware : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        HttpContext http = context.GetHttpContext()!;
        http.Response.Headers["x-invocation"] = context.InvocationId;
        if (http.Request.Headers.ContainsKey("x-refuse"))
        {
            context.GetInvocationResult().Value = new StatusCodeResult(418);
            return;
        }
        try
        {
            context.Items["outer"] = true;
            await next(context);
        }
        catch (InvalidOperationException)
        {
            context.GetInvocationResult().Value = new ConflictObjectResult("mapped");
        }
    }
}

public sealed class InnerMiddleware : IFunctionsWorkerMiddleware
{
    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        context.GetHttpContext()!.Response.Headers["x-inner-saw-outer"] = context.Items.ContainsKey("outer").ToString();
        return next(context);
    }
}
