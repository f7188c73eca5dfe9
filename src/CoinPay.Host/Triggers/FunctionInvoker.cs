using System.Diagnostics;
using CoinPay.Host.App;
using CoinPay.Host.Http;
using CoinPay.Host.Logs;
using CoinPay.Host.Worker;
using CoinPay.Host.Worker.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.WebJobs;

namespace CoinPay.Host.Triggers;

/// <summary>Runs functions in the worker: what a trigger of the WebJobs SDK or an HTTP request brings goes over, the answer comes back.</summary>
internal sealed class FunctionInvoker(
    IReadOnlyList<Function> functions, WorkerPool workers, RequestForwarder forwarder, RunningInvocations running)
{
    /// <summary>How long a trigger waits for a worker that is being started again. Then the extension tries later.</summary>
    private static readonly TimeSpan WorkerPatience = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Function> _functions =
        functions.ToDictionary(function => function.Name, StringComparer.OrdinalIgnoreCase);

    /// <param name="name">The function's.</param>
    /// <param name="arguments">Those of the emitted method: trigger, inputs, binder, context, cancellation.</param>
    public async Task<object?> InvokeAsync(string name, object?[] arguments)
    {
        Function function = _functions[name];
        InvocationRequest request = NewRequest(function, arguments);
        InvocationScope scope = new(function.Name, request.InvocationId, InstanceIds.Of(function, arguments[0], request));
        CancellationToken cancellation = (CancellationToken)arguments[^1]!;
        running.Begin(scope);
        try
        {
            WorkerStream worker = await WorkerAsync(function, cancellation);
            InvocationResponse response = arguments[0] is HttpContext http
                ? await AnswerAsync(worker, request, http, cancellation)
                : await worker.InvokeAsync(request, cancellation);
            return response.Result.Status == StatusResult.Types.Status.Success
                ? RpcData.ToObject(response.ReturnValue)
                : throw new FunctionFailedException(response.Result);
        }
        catch (IOException) when (!function.IsHttp)
        {
            throw NoWorker(function);
        }
        finally
        {
            running.End(scope);
        }
    }

    private async Task<WorkerStream> WorkerAsync(Function function, CancellationToken cancellation)
    {
        if (workers.Current is { } current)
            return current;
        if (function.IsHttp)
            throw new NoWorkerException();
        try
        {
            return await workers.WaitAsync(WorkerPatience, cancellation);
        }
        catch (TimeoutException)
        {
            throw NoWorker(function);
        }
    }

    /// <summary>In the words by which the Durable extension knows that the function did not fail, and tries again.</summary>
    private static Exception NoWorker(Function function) => function.Trigger.Is("orchestrationTrigger") || function.Trigger.Is("entityTrigger")
        ? new WorkerProcessExitException("The worker ended, or did not start in time.")
        : new NoWorkerException();

    /// <summary>The invocation goes by the stream, the request by HTTP, as the real host does it.</summary>
    private async Task<InvocationResponse> AnswerAsync(
        WorkerStream worker, InvocationRequest request, HttpContext http, CancellationToken cancellation)
    {
        using CancellationTokenSource failed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<InvocationResponse> invocation = worker.InvokeAsync(request, failed.Token);
        if (!await forwarder.ForwardAsync(http, worker.HttpUri!, request.InvocationId))
            await failed.CancelAsync();
        return await invocation;
    }

    private static InvocationRequest NewRequest(Function function, object?[] arguments)
    {
        HttpContext? http = arguments[0] as HttpContext;
        InvocationRequest request = new()
        {
            FunctionId = function.Id,
            InvocationId = ((Microsoft.Azure.WebJobs.ExecutionContext)arguments[^2]!).InvocationId.ToString(),
            TraceContext = TraceOf(http),
        };
        TypedData trigger = http is null ? RpcData.From(arguments[0]) : new() { Http = new() };
        request.InputData.Add(new ParameterBinding { Name = function.Trigger.Name, Data = trigger });
        for (int i = 0; i < function.Inputs.Count; i++)
            request.InputData.Add(new ParameterBinding { Name = function.Inputs[i].Name, Data = RpcData.From(arguments[i + 1]) });
        foreach ((string key, object? value) in BindingData(http, (Binder)arguments[^3]!))
            if (value is not null && key != "sys" && key != function.Trigger.Name)
                request.TriggerMetadata[key] = RpcData.From(value);
        return request;
    }

    private static IEnumerable<KeyValuePair<string, object?>> BindingData(HttpContext? http, Binder binder) =>
        http is null ? binder.BindingData! : http.Request.RouteValues;

    /// <summary>
    /// The caller's own trace goes on in the app. Without one a trace begins here, so that the request and the invocation, which reach
    /// the worker by two ways, are of the same.
    /// </summary>
    private static RpcTraceContext TraceOf(HttpContext? http)
    {
        if (http is null)
            return new() { TraceParent = Activity.Current?.Id ?? "", TraceState = Activity.Current?.TraceStateString ?? "" };
        IHeaderDictionary headers = http.Request.Headers;
        if (headers.TraceParent.Count == 0)
            headers.TraceParent = $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01";
        return new() { TraceParent = headers.TraceParent.ToString(), TraceState = headers.TraceState.ToString() };
    }
}
