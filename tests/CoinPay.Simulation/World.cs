using System.Security.Cryptography;
using CoinPay.Chains;
using CoinPay.Simulation.Chains;
using CoinPay.Simulation.Checks;
using CoinPay.Simulation.Runtime;
using CoinPay.Simulation.Shops;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Hub;
using CoinPay.Testing.Storage;
using CoinPay.Testing.Storage.Tables;

namespace CoinPay.Simulation;

/// <summary>
/// Everything around the app, and the app: chains and nodes, shops and their endpoints, storage, the clock, and the process that
/// is currently running. Everything is determined by one seed and runs on one thread.
/// </summary>
internal sealed class World
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private const int MaxTurns = 100_000;
    private const int KeptOperations = 60;
    private readonly List<(AppProcess Process, Task Work)> _works = [];
    private readonly Dictionary<string, Task> _triggers = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<ModelNode> _twins;
    private AppProcess? _second;
    private Exception? _failure;

    /// <param name="before">A world whose chains this one has, and in whose last moment it begins.</param>
    /// <param name="usesProtocol">Tables are called by the REST protocol, which costs as much as all the rest.</param>
    public World(ulong seed, Seams? seams = null, int keptOperations = KeptOperations, World? before = null, bool usesProtocol = false)
    {
        UsesProtocol = usesProtocol;
        Time = new(before?.Now ?? Start);
        Log = new(keptOperations);
        Seed = seed;
        Dice = new(seed);
        Seams = seams ?? new();
        Numbers = new SeededNumbers(Dice.Fork());
        Storage = new(Time) { Before = Before, After = After };
        Hub = new(Time, AppParts.OrchestrationVersion);
        Calls = new(Time, Dice.Fork()) { Struck = Strike };
        Wakes = new(Dice.Fork()) { Struck = Strike };
        Endpoints = new(Dice.Fork()) { Struck = Strike };
        Rates = new() { Struck = Strike };
        Internet = new(Endpoints) { Timeout = Timeout.InfiniteTimeSpan };
        Messages = new(this, Dice.Fork());
        Nodes = [.. OfferedNetworks.All.Select(network =>
            new ModelNode(before?.NodeOf(network.Name).Chain ?? new(network, Time, Dice.Fork()) { Note = Log.Note }, Time, Dice.Fork()) { Struck = Strike })];
        Audit = new(this);
        Process = new(this, Nodes);
        _twins = [.. Nodes.Select(node => node.Twin())];
    }

    public bool UsesProtocol { get; }

    public ulong Seed { get; }

    public Dice Dice { get; }

    public Seams Seams { get; }

    public VirtualTime Time { get; }

    public DateTimeOffset Now => Time.GetUtcNow();

    public RandomNumberGenerator Numbers { get; }

    public MemoryStorage Storage { get; }

    /// <summary>The task hub, which outlives the processes as storage does.</summary>
    public MemoryHub Hub { get; }

    public CallFaults Calls { get; }

    public WakeFaults Wakes { get; }

    public MovingRates Rates { get; }

    public Internet Endpoints { get; }

    public HttpClient Internet { get; }

    public MessagePump Messages { get; }

    public Networks Offered { get; } = new(OfferedNetworks.All);

    public IReadOnlyList<ModelNode> Nodes { get; }

    public List<Shop> Shops { get; } = [];

    public List<Order> Orders { get; } = [];

    public OperationLog Log { get; }

    public Coverage Coverage { get; } = new();

    public Audit Audit { get; }

    public AppProcess Process { get; private set; }

    /// <summary>Probability that another writer writes a row just before the app.</summary>
    public double Conflicts { get; set; }

    public ModelNode NodeOf(string network) => Nodes.First(node => node.Network.Name == network);

    /// <summary>Replaces a process that died or never existed.</summary>
    public void Restart()
    {
        Process = new(this, Nodes);
        Wakes.Forget();
        Do(async process =>
        {
            try
            {
                await process.StartAsync();
            }
            catch (Azure.RequestFailedException)
            {
                // As its supervisor does: it is started again.
                process.Kill();
            }
        });
    }

    /// <summary>
    /// A second process polls, because the host's lock went over to it unnoticed, and is paused at one of its calls to storage; or it
    /// goes on after a pause.
    /// </summary>
    public void PollElsewhere()
    {
        if (GoOnElsewhere())
            return;
        if (_second is not { IsDead: false })
            _second = new(this, _twins, isPollerOnly: true);
        AppProcess second = _second;
        Calls.PausesAt = (second, Dice.Of([(2, Dice.Between(1, 12)), (1, Dice.Between(12, 60))]));
        _works.Add((second, second.Begin(() => QuietlyAsync(async () =>
        {
            if (!second.IsUp)
                await second.StartAsync();
            await second.RunAsync("PollChain", new Microsoft.Azure.Functions.Worker.TimerInfo());
        }))));
        Settle();
    }

    /// <summary>Returns false if no second process is paused.</summary>
    public bool GoOnElsewhere()
    {
        if (_second is not { IsDead: false, Flow.IsPaused: true } second)
            return false;
        Strike(Fault.PollerPaused);
        Calls.GoOn(second);
        Settle();
        return true;
    }

    /// <summary>Does something in the process that runs, and all that follows from it now.</summary>
    public void Do(Func<AppProcess, Task> work)
    {
        AppProcess process = Process;
        if (process.IsDead)
            return;
        _works.Add((process, process.Begin(() => work(process))));
        Settle();
    }

    /// <summary>Work that a process has begun by itself: if it fails, so does the run.</summary>
    public void Watch(AppProcess process, Task work)
    {
        if (!work.IsCompletedSuccessfully)
            _works.Add((process, work));
    }

    /// <summary>A timer or the like runs a function, unless it still runs.</summary>
    public void Trigger(string function)
    {
        AppProcess process = Process;
        if (process.IsDead || !process.IsUp || (_triggers.TryGetValue(function, out Task? before) && !before.IsCompleted))
            return;
        Do(_ => QuietlyAsync(() => _triggers[function] = process.RunAsync(function, new Microsoft.Azure.Functions.Worker.TimerInfo())));
    }

    /// <summary>Delivers delayed wakes.</summary>
    public void SendHeldWakes()
    {
        foreach (Func<Task> wake in Wakes.TakeHeld())
            Do(_ => QuietlyAsync(wake));
    }

    /// <summary>Runs until nothing more happens at this instant.</summary>
    public void Settle()
    {
        int turns = 0;
        while (Process.Flow.Run() || _second?.Flow.Run() == true || Calls.LetOneGoOn())
            Invariant.Require(++turns < MaxTurns, "the app does not come to rest");
        Invariant.Require((Process.Flow.Strayed ?? _second?.Flow.Strayed) is null, "something went on on another thread: " + Process.Flow.Strayed);
        foreach ((_, Task work) in _works.Where(work => work.Work.IsFaulted).ToList())
            _failure ??= work.Exception!.InnerException;
        _works.RemoveAll(work => work.Work.IsCompleted || work.Process.IsDead);
        if (Process.IsDead)
            _triggers.Clear();
        if (_failure is { } failure)
            throw new SimulationException(failure is SimulationException ? failure.Message : failure.ToString());
    }

    public void Advance(TimeSpan time)
    {
        DateTimeOffset until = Now + time;
        Settle();
        while (Time.Ring(until))
            Settle();
    }

    public void Strike(Fault fault) => Coverage.Struck(fault);

    /// <summary>The app threw or logged this: whatever is not the doing of a fault is a bug.</summary>
    public void Failed(Exception failure)
    {
        for (Exception? at = failure; at is not null; at = at.InnerException)
            if (at is Azure.RequestFailedException or ChainUnknownException or OperationCanceledException or Grpc.Core.RpcException
                or global::DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException
                or Functions.Http.ProblemException)
                return;
        _failure ??= failure;
    }

    /// <summary>Touches or deletes a row without the app; returns false if it does not exist.</summary>
    public bool Write(string table, StorageAction action, string partition, string row)
    {
        if (Storage.Rows[table].Find(partition, row) is null)
            return false;
        RowChange change = new(action, partition, row, new Dictionary<string, object>(), "*");
        Storage.Rows.Write(table, change);
        return true;
    }

    private async Task QuietlyAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception failure) when (failure is not SimulationException)
        {
            Failed(failure);
        }
    }

    /// <summary>Another host commits the same turn a moment before: the one that is under way is given up, with its messages sent.</summary>
    public void Before(HubOperation operation)
    {
        if (operation.Action != HubAction.CommitHistory || Conflicts == 0 || !Dice.Chance(Conflicts))
            return;
        Strike(Fault.Conflict);
        throw new Azure.RequestFailedException(412, "The update condition was not satisfied.", "UpdateConditionNotSatisfied", null);
    }

    private ValueTask Before(StorageOperation operation)
    {
        if (Conflicts > 0 && Dice.Chance(Conflicts))
            SecondWriter.Write(this, operation);
        return ValueTask.CompletedTask;
    }

    private ValueTask After(StorageOperation operation)
    {
        Log.Add(operation, Now);
        Audit.Note(operation);
        return ValueTask.CompletedTask;
    }
}
