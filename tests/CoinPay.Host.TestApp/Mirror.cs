using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace CoinPay.Host.TestApp;

/// <summary>Answers with what came to it.</summary>
public sealed class Mirror(ILogger<Mirror> log)
{
    [Function("Mirror")]
    public IActionResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mirror")] HttpRequest request, FunctionContext context)
    {
        log.LogWarning("first line of {Word}\nsecond line", "Mirror");
        return new OkObjectResult(new Reflection(
            context.InvocationId, context.TraceContext.TraceParent, Environment.ProcessId,
            request.Scheme, request.HttpContext.Connection.RemoteIpAddress?.ToString(),
            request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString(), StringComparer.Ordinal)));
    }
}

/// <param name="InvocationId">The function context's.</param>
/// <param name="TraceParent">The function context's.</param>
/// <param name="ProcessId">In which the function ran.</param>
/// <param name="Scheme">The client's.</param>
/// <param name="Client">Its address.</param>
/// <param name="Headers">By lower-case name.</param>
public sealed record Reflection(
    string InvocationId, string TraceParent, int ProcessId, string Scheme, string? Client, IReadOnlyDictionary<string, string> Headers);
