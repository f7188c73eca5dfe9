using System.Globalization;
using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CoinPay.Host.TestApp;

/// <summary>
/// How a test starts lives and wakes them: <c>count</c> of them, named <c>PREFIX0</c>, <c>PREFIX1</c>, …. Asking again does no harm: the
/// caller of a process that was killed does not know what was done.
/// </summary>
public static class Door
{
    private const int AtOnce = 16;

    [Function("Start")]
    public static async Task<IActionResult> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "start/{orchestrator}/{prefix}/{count}")] HttpRequest request,
        string orchestrator, string prefix, int count, [DurableClient] DurableTaskClient client)
    {
        await EachAsync(prefix, count, async id =>
        {
            try
            {
                await client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input: null, new StartOrchestrationOptions(id));
            }
            catch (Exception exists) when (exists is OrchestrationAlreadyExistsException or InvalidOperationException)
            {
                // It was started before.
            }
        });
        return new OkResult();
    }

    [Function("Raise")]
    public static async Task<IActionResult> Raise(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "raise/{prefix}/{count}/{name}")] HttpRequest request,
        string prefix, int count, string name, [DurableClient] DurableTaskClient client)
    {
        await EachAsync(prefix, count, async id =>
        {
            try
            {
                await client.RaiseEventAsync(id, name, name.ToLowerInvariant());
            }
            catch (RpcException ended) when (ended.StatusCode is StatusCode.FailedPrecondition or StatusCode.NotFound)
            {
                // It was raised before.
            }
        });
        return new OkResult();
    }

    private static Task EachAsync(string prefix, int count, Func<string, Task> action) => Parallel.ForAsync(
        0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
        async (number, _) => await action(prefix + number.ToString(CultureInfo.InvariantCulture)));
}
