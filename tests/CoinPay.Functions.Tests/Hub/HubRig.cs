using CoinPay.Testing.Hub;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Time.Testing;

namespace CoinPay.Functions.Tests.Hub;

/// <summary>A hub on a clock that only the test moves, and one process at a time that works on it, on the test's own thread.</summary>
internal sealed class HubRig
{
    private const int MaxSteps = 10_000;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);
    private readonly Queue<Func<Task>> _ready = new();
    private readonly Queue<Exception> _activityFailures = new();
    private readonly HubFunctions _functions;
    private readonly Func<string, string?, string?> _activity;
    private int _process;

    /// <param name="add">Adds the orchestrators; those of <see cref="HubRigFunctions"/> if null.</param>
    /// <param name="activity">What every activity does; it adds one if null.</param>
    public HubRig(Func<HubFunctions, HubFunctions>? add = null, Func<string, string?, string?>? activity = null)
    {
        _activity = activity ?? AddOne;
        _functions = (add ?? HubRigFunctions.AddAll)(new(ActivityAsync));
        Hub = new(Time);
        StartProcess();
    }

    public FakeTimeProvider Time { get; } = new(new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));

    public MemoryHub Hub { get; }

    public DurableTaskClient Client { get; private set; } = null!;

    /// <summary>Requests that were made of the hub, in order.</summary>
    public List<HubOperation> Requests { get; } = [];

    /// <summary>Activities that were run, in order.</summary>
    public List<string> Activities { get; } = [];

    /// <summary>The process dies at this request from now, before its effect or after it; null: it does not.</summary>
    public int? DiesAt { get; set; }

    public bool DiesAfterEffect { get; set; }

    public bool IsDead { get; private set; }

    /// <summary>The next activities fail with these instead of running.</summary>
    public HubRig Failing(params Exception[] failures)
    {
        foreach (Exception failure in failures)
            _activityFailures.Enqueue(failure);
        return this;
    }

    /// <summary>A process starts on what the one before left.</summary>
    public void StartProcess()
    {
        int process = ++_process;
        IsDead = false;
        HubDoor door = new(operation => PassAsync(process, operation, isAfter: false), operation => PassAsync(process, operation, isAfter: true));
        HubWorker worker = new(Hub, _functions, door, work => _ready.Enqueue(() => process == _process ? work() : Task.CompletedTask));
        Client = new HubServer(Hub, door).Client();
        worker.Start();
    }

    /// <summary>Does all that is to be done at this instant.</summary>
    public void Settle()
    {
        for (int i = 0; _ready.TryDequeue(out Func<Task>? work); i++)
        {
            Assert.True(i < MaxSteps, "the hub does not come to rest");
            Task running = work();
            Assert.False(running.IsFaulted, running.Exception?.ToString());
        }
    }

    /// <summary>Lets time go by, and all that it brings; a process that died is followed by another.</summary>
    public void Advance(TimeSpan time)
    {
        for (DateTimeOffset until = Time.GetUtcNow() + time; Time.GetUtcNow() < until;)
        {
            Settle();
            if (IsDead)
                StartProcess();
            Time.Advance(Step);
        }
        Settle();
    }

    /// <summary>The output of an instance, as it is read by a client.</summary>
    public async Task<T?> OutputAsync<T>(string instanceId)
    {
        OrchestrationMetadata? found = await Client.GetInstanceAsync(instanceId, getInputsAndOutputs: true);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, found?.RuntimeStatus);
        return found!.ReadOutputAs<T>();
    }

    private Task<string?> ActivityAsync(string name, string? input)
    {
        Activities.Add($"{name} {input}");
        if (_activityFailures.TryDequeue(out Exception? failure))
            return Task.FromException<string?>(failure);
        return Task.FromResult(_activity(name, input));
    }

    private static string? AddOne(string name, string? input) =>
        HubFunctions.Converter.Serialize(HubFunctions.Converter.Deserialize<int>(input) + 1);

    private Task PassAsync(int process, HubOperation operation, bool isAfter)
    {
        if (process == _process && !IsDead && !isAfter)
        {
            Requests.Add(operation);
            DiesAt--;
        }
        if (process == _process && !IsDead && DiesAt <= 0 && DiesAfterEffect == isAfter)
            Die();
        return process == _process && !IsDead ? Task.CompletedTask : new TaskCompletionSource().Task;
    }

    private void Die()
    {
        (IsDead, DiesAt) = (true, null);
        _ready.Clear();
        Hub.Abandon();
    }
}
