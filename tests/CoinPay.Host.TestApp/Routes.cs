using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Host.TestApp;

/// <summary>HTTP functions whose routes and methods a host must tell apart.</summary>
public static class Routes
{
    [Function("GetGreeting")]
    public static IActionResult GetGreeting(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/greetings/{name}/{times:int?}")] HttpRequest request,
        string name, int times = 1) => new OkObjectResult(string.Join(' ', Enumerable.Repeat($"hello {name}", times)));

    [Function("PostGreeting")]
    public static async Task<IActionResult> PostGreeting(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/greetings/{name}")] HttpRequest request, string name)
    {
        using StreamReader body = new(request.Body);
        return new ContentResult { StatusCode = StatusCodes.Status201Created, Content = $"{name}: {await body.ReadToEndAsync()}" };
    }

    [Function("Root")]
    public static IActionResult Root([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "{x:regex(^$)?}")] HttpRequest request) =>
        new OkObjectResult("root");

    [Function("Throw")]
    public static IActionResult Throw([HttpTrigger(AuthorizationLevel.Anonymous, Route = "throw")] HttpRequest request) =>
        throw new InvalidOperationException("as asked");

    [Function("Measure")]
    public static async Task<IActionResult> Measure([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "measure")] HttpRequest request)
    {
        using MemoryStream body = new();
        await request.Body.CopyToAsync(body);
        return new OkObjectResult(body.Length);
    }

    [Function("ForFunction")]
    public static IActionResult ForFunction([HttpTrigger(AuthorizationLevel.Function, "get", Route = "keys/function")] HttpRequest request) =>
        new OkResult();

    [Function("ForSystem")]
    public static IActionResult ForSystem([HttpTrigger(AuthorizationLevel.System, "get", Route = "keys/system")] HttpRequest request) =>
        new OkResult();

    [Function("ForAdmin")]
    public static IActionResult ForAdmin([HttpTrigger(AuthorizationLevel.Admin, "get", Route = "keys/admin")] HttpRequest request) =>
        new OkResult();
}
