using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Functions of the tests of the host's life.</summary>
public sealed class HostLifeFunctions(Seen seen, ILogger<HostLifeFunctions> log)
{
    [Function("Wait")]
    public async Task<IActionResult> Wait(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "wait")] HttpRequest request, CancellationToken cancellation)
    {
        seen.Messages.Enqueue("waiting");
        try
        {
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        catch (OperationCanceledException)
        {
            seen.Messages.Enqueue("cancelled");
            throw;
        }
        return new OkResult();
    }

    [Function("ForFunction")]
    public static IActionResult ForFunction([HttpTrigger(AuthorizationLevel.Function, "get", Route = "f")] HttpRequest request) =>
        new OkResult();

    [Function("ForAdmin")]
    public static IActionResult ForAdmin([HttpTrigger(AuthorizationLevel.Admin, "get", Route = "a")] HttpRequest request) =>
        new OkResult();

    [Function("Measure")]
    public static async Task<IActionResult> Measure([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "measure")] HttpRequest request)
    {
        using MemoryStream body = new();
        await request.Body.CopyToAsync(body);
        return new OkObjectResult(body.Length);
    }

    [Function("Trace")]
    public IActionResult Trace(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "trace")] HttpRequest request, FunctionContext context)
    {
        log.LogWarning("first\nsecond");
        return new OkObjectResult(new { Parent = context.TraceContext.TraceParent, Span = Activity.Current?.ParentId, context.InvocationId });
    }

    [Function("Split")]
    public static Parts Split([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "split")] HttpRequest request) =>
        new(new AcceptedResult(), "one", [new("a", 1), new("b", 2)]);

    [Function("Echo")]
    [QueueOutput("%EchoQueue%")]
    public static Task<string> Echo([QueueTrigger("%TextQueue%")] string message) => Task.FromResult(message + "!");

    public sealed record Order(string Id, int Amount);

    public sealed record Parts(
        [property: HttpResult] IActionResult Answer,
        [property: QueueOutput("%EchoQueue%")] string Text,
        [property: QueueOutput("%EchoQueue%")] IReadOnlyList<Order> Orders);
}
