using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Host.TestApp;

/// <summary>Functions that last: until the test says so, until they are cancelled, or for ever.</summary>
public sealed class SlowFunctions(Diary diary)
{
    /// <summary>Writes <c>began</c>, and <c>done</c> when the test has opened <c>open-TOPIC</c>; or <c>cancelled</c>.</summary>
    [Function("Wait")]
    public async Task<IActionResult> Wait(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "wait/{topic}")] HttpRequest request,
        string topic, CancellationToken cancellation)
    {
        await diary.WriteAsync(topic, "began");
        try
        {
            await diary.WaitAsync("open-" + topic, cancellation);
        }
        catch (OperationCanceledException)
        {
            await diary.WriteAsync(topic, "cancelled");
            throw;
        }
        await diary.WriteAsync(topic, "done");
        return new OkObjectResult("done");
    }

    [Function("Hang")]
    public static async Task<IActionResult> Hang([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hang")] HttpRequest request)
    {
        await Task.Delay(Timeout.Infinite, CancellationToken.None);
        return new OkResult();
    }
}
