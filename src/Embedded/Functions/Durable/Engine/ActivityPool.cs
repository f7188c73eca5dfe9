using CoinPay.Embedded.Durable.Ownership;
using CoinPay.Embedded.Hosting;
using CoinPay.Embedded.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Durable;

/// <summary>Runs activities that a commit has scheduled, so many at a time. Their outcome goes to the instance's mailbox.</summary>
internal sealed class ActivityPool(
    FunctionCatalog catalog,
    FunctionInvoker invoker,
    HubOwnership ownership,
    HostSettings settings,
    DataConverter converter,
    ILogger<ActivityPool> log,
    Background? background = null) : IDisposable
{
    private readonly Background _background = background ?? Background.ThreadPool;
    private readonly SemaphoreSlim _places = new(settings.Durable.MaxConcurrentActivities);
    private readonly CancellationTokenSource _stopped = new();
    private readonly WorkCount _work = new();

    /// <summary>Takes no more; waits for what runs, and once the token is cancelled tells it to end.</summary>
    public async Task StopAsync(CancellationToken patience)
    {
        Task idle = _work.CloseAsync();
        await using CancellationTokenRegistration impatient = patience.Register(_stopped.Cancel);
        await Task.WhenAny(idle, Task.Delay(Timeout.Infinite, patience));
    }

    public void Dispose()
    {
        _places.Dispose();
        _stopped.Dispose();
    }

    /// <summary>The instance is held in memory until it has the outcome; for ever, if a stop comes first.</summary>
    public void Start(Instance instance, OrchestrationState state, HistoryEvent scheduled)
    {
        instance.Mail.TryHold();
        _ = _background.Run(() => RunAsync(instance, state.ExecutionId, state.Generation, scheduled));
    }

    private async Task RunAsync(Instance instance, string executionId, int generation, HistoryEvent scheduled)
    {
        if (!_work.TryBegin())
            return;
        try
        {
            await _places.WaitAsync(_stopped.Token);
            try
            {
                if (!await ownership.IsHeldAsync(_stopped.Token))
                {
                    log.LogInformation("Activity {Function} is left to the new owner of the task hub", scheduled.Name);
                    return;
                }
                if (_work.IsClosed)
                    return;
                (string? result, TaskFailureDetails? failure) = await CallAsync(instance.Id, scheduled);
                if (_stopped.IsCancellationRequested)
                    return;
                instance.TryPost(new(new(failure is null ? HistoryEventType.TaskCompleted : HistoryEventType.TaskFailed)
                {
                    ExecutionId = executionId,
                    Generation = generation,
                    TaskId = scheduled.TaskId,
                    Payload = result,
                    Failure = failure,
                }));
                instance.Mail.Release();
            }
            finally
            {
                _places.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops: without an outcome in the history the activity runs again after the next start.
        }
        finally
        {
            _work.End();
        }
    }

    private async Task<(string? Result, TaskFailureDetails? Failure)> CallAsync(string instanceId, HistoryEvent scheduled)
    {
        if (catalog.Activity(scheduled.Name!) is not { } function)
            return (null, MissingFunction.Of("activity", scheduled.Name!));
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(_stopped.Token);
        limit.CancelAfter(settings.FunctionTimeout);
        try
        {
            InvocationContext context = new(function, limit.Token)
            {
                TriggerValue = converter.Deserialize(scheduled.Input, function.TriggerParameter.ParameterType),
                BindingData = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { ["instanceId"] = instanceId },
            };
            await invoker.InvokeAsync(context);
            return (converter.Serialize(context.Result.Value), null);
        }
        catch (Exception thrown)
        {
            log.LogInformation("Activity {Function} of instance {Instance} failed: {Type}", scheduled.Name, instanceId, thrown.GetType());
            return (null, TaskFailureDetails.FromException(thrown));
        }
    }
}
