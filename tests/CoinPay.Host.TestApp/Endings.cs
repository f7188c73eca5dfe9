using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;

namespace CoinPay.Host.TestApp;

/// <summary>Functions that end the program they run in.</summary>
public sealed class Endings(IHostApplicationLifetime life)
{
    /// <summary>The process, with the exit code.</summary>
    [Function("Exit")]
    public static IActionResult Exit(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "exit/{code:int}")] HttpRequest request, int code)
    {
        Environment.Exit(code);
        return new OkResult();
    }

    /// <summary>The app alone, in order.</summary>
    [Function("EndTheApp")]
    public IActionResult EndTheApp([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "end")] HttpRequest request)
    {
        life.StopApplication();
        return new AcceptedResult();
    }
}
