using System.Globalization;
using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CoinPay.Embedded.App;

/// <summary>
/// How a test starts lives and wakes them: <c>count</c> of them, named <c>&lt;prefix&gt;0</c>, <c>&lt;prefix&gt;1</c>, …. Asking again does
/// no harm: the caller of a process that was killed does not know what was done.
/// </summary>
public static class Door
{
    private const int AtOnce = 16;

    [Function("Start")]
    public static async Task<IActionResult> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "start/{prefix}/{count}")] HttpRequest request,
        string prefix, int count, [DurableClient] DurableTaskClient client)
    {
        await EachAsync(prefix, count, async id =>
        {
            StartOrchestrationOptions options = new(id) { DedupeStatuses = ["Completed", "Failed", "Terminated"] };
            try
            {
                await client.ScheduleNewOrchestrationInstanceAsync(nameof(Life), null, options);
            }
            catch (OrchestrationAlreadyExistsException)
            {
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
            catch (RpcException ended) when (ended.StatusCode == StatusCode.FailedPrecondition)
            {
            }
        });
        return new OkResult();
    }

    private static Task EachAsync(string prefix, int count, Func<string, Task> action) => Parallel.ForAsync(
        0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
        async (number, _) => await action(prefix + number.ToString(CultureInfo.InvariantCulture)));
}
