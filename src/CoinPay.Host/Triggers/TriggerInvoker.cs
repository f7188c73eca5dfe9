using System.Diagnostics;
using CoinPay.Host.App;
using CoinPay.Host.Logs;
using CoinPay.Host.Protocol;
using CoinPay.Host.Worker;
using Microsoft.Azure.WebJobs;

namespace CoinPay.Host.Triggers;

/// <summary>Runs the invocations of the WebJobs SDK's triggers in the worker, until it is closed.</summary>
internal sealed class TriggerInvoker(IReadOnlyList<Function> functions, WorkerPool workers, RunningInvocations running) : IDisposable
{
    /// <summary>How long a trigger waits for a worker that is restarting. After that the extension retries later.</summary>
    private static readonly TimeSpan WorkerPatience = TimeSpan.FromMinutes(1);

    /// <summary>The time limit for cancelled functions to finish, and for a listener to stop delivering more.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, Function> _functions =
        functions.ToDictionary(function => function.Name, StringComparer.OrdinalIgnoreCase);

    private readonly CancellationTokenSource _closed = new(), _abandoned = new();

    /// <param name="name">The function's name.</param>
    /// <param name="arguments">The emitted method's arguments: trigger, inputs, binder, context, cancellation.</param>
    public async Task<object?> InvokeAsync(string name, object?[] arguments)
    {
        Function function = _functions[name];
        InvocationRequest request = NewRequest(function, arguments);
        InvocationScope scope = new(function.Name, request.InvocationId, InstanceIds.Of(function, arguments[0], request));
        CancellationToken stopping = (CancellationToken)arguments[^1]!;
        try
        {
            return await running.RunAsync(scope, () => RunAsync(request, stopping));
        }
        catch (Exception failure) when (failure is IOException or TimeoutException || _closed.IsCancellationRequested)
        {
            // Failing at once would use up a queue message's attempts before its listener stops.
            if (_closed.IsCancellationRequested)
                await Task.Delay(Grace, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw NotRun(function);
        }
    }

    /// <summary>
    /// Cancels running functions and accepts no more. What does not succeed counts as not run, so the extensions retry it.
    /// </summary>
    public void Close()
    {
        _closed.Cancel();
        _abandoned.CancelAfter(Grace);
    }

    public void Dispose()
    {
        _closed.Dispose();
        _abandoned.Dispose();
    }

    private async Task<InvocationResponse> RunAsync(InvocationRequest request, CancellationToken stopping)
    {
        using CancellationTokenSource cancellation = CancellationTokenSource.CreateLinkedTokenSource(stopping, _closed.Token);
        WorkerStream worker = await workers.WaitAsync(WorkerPatience, cancellation.Token);
        // The worker does not know an invocation that is cancelled while it is being sent.
        cancellation.Token.ThrowIfCancellationRequested();
        return await worker.InvokeAsync(request, cancellation.Token).WaitAsync(_abandoned.Token);
    }

    /// <summary>Returns the exception that tells the Durable extension that the function did not fail and must be retried.</summary>
    private static Exception NotRun(Function function) => function.Trigger.Is("orchestrationTrigger") || function.Trigger.Is("entityTrigger")
        ? new WorkerProcessExitException("The worker ended, did not start in time, or the triggers stopped.")
        : new NoWorkerException();

    private static InvocationRequest NewRequest(Function function, object?[] arguments)
    {
        InvocationRequest request = Invocations.NewRequest(
            function, ((Microsoft.Azure.WebJobs.ExecutionContext)arguments[^2]!).InvocationId, RpcData.From(arguments[0]),
            arguments.Skip(1), ((Binder)arguments[^3]!).BindingData!);
        request.TraceContext = new() { TraceParent = Activity.Current?.Id ?? "", TraceState = Activity.Current?.TraceStateString ?? "" };
        return request;
    }
}
