using System.Diagnostics;
using CoinPay.Host.App;
using CoinPay.Host.Logs;
using CoinPay.Host.Protocol;
using CoinPay.Host.Worker;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CoinPay.Host.Http;

/// <summary>
/// Lets functions in the worker answer requests, whether triggers are running or not. The invocation goes over the gRPC stream and the
/// request over HTTP, as on the real host.
/// </summary>
internal sealed class HttpInvoker(
    WorkerPool workers, WorkerSupervisor supervisor, RequestForwarder forwarder, RunningInvocations running, DurableClients clients,
    TimeSpan? timeout, ILoggerFactory loggers)
{
    /// <exception cref="NoWorkerException">There is no worker.</exception>
    /// <exception cref="IOException">The worker ended before the function did.</exception>
    /// <exception cref="TimeoutException">The function exceeded its time limit.</exception>
    /// <exception cref="FunctionFailedException">The function failed.</exception>
    public async Task AnswerAsync(Function function, HttpContext http)
    {
        WorkerStream worker = workers.Current ?? throw new NoWorkerException();
        InvocationRequest request = Invocations.NewRequest(
            function, Guid.NewGuid(), new() { Http = new() }, function.Inputs.Select(clients.Of), http.Request.RouteValues);
        request.TraceContext = TraceOf(http.Request.Headers);
        ILogger log = loggers.CreateLogger($"Function.{function.Name}");
        log.LogInformation("Executing '{Function}' (Id={Id})", function.Name, request.InvocationId);
        long from = TimeProvider.System.GetTimestamp();
        try
        {
            await running.RunAsync(new(function.Name, request.InvocationId, InstanceId: null), () => AnswerAsync(worker, function, request, http));
            log.LogInformation(
                "Executed '{Function}' (Succeeded, Id={Id}, Duration={Duration}ms)", function.Name, request.InvocationId, Milliseconds(from));
        }
        catch (Exception failure)
        {
            log.LogError(
                failure, "Executed '{Function}' (Failed, Id={Id}, Duration={Duration}ms)", function.Name, request.InvocationId, Milliseconds(from));
            throw;
        }
    }

    private async Task<InvocationResponse> AnswerAsync(WorkerStream worker, Function function, InvocationRequest request, HttpContext http)
    {
        using CancellationTokenSource late = new(timeout ?? Timeout.InfiniteTimeSpan);
        using CancellationTokenSource cancelled = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, late.Token);
        Task<InvocationResponse> invocation = worker.InvokeAsync(request, cancelled.Token);
        if (!await forwarder.ForwardAsync(http, worker.HttpUri!, request.InvocationId, late.Token))
            await cancelled.CancelAsync();
        try
        {
            return await invocation.WaitAsync(late.Token);
        }
        catch (OperationCanceledException over) when (late.IsCancellationRequested)
        {
            string reason = $"Timeout value of {timeout} was exceeded by function {function.Name}";
            supervisor.Replace(reason);
            throw new TimeoutException(reason, over);
        }
    }

    /// <summary>
    /// The caller's trace continues in the app. Without one, a trace begins here so that the request and the invocation, which reach the
    /// worker by two channels, belong to the same trace.
    /// </summary>
    private static RpcTraceContext TraceOf(IHeaderDictionary headers)
    {
        if (headers.TraceParent.Count == 0)
            headers.TraceParent = $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01";
        return new() { TraceParent = headers.TraceParent.ToString(), TraceState = headers.TraceState.ToString() };
    }

    private static int Milliseconds(long from) => (int)TimeProvider.System.GetElapsedTime(from).TotalMilliseconds;
}
