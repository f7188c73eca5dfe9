using DurableTask.Core.History;

namespace CoinPay.Testing.Hub;

/// <summary>
/// A task hub in memory: what the published Azure Storage backend keeps in its tables and queues, on a clock of the caller's. It
/// outlives the processes that work on it. <see cref="HubWorker"/> runs turns and activities, <see cref="HubServer"/> serves the
/// published client; every method here is the effect of one storage request.
/// </summary>
/// <param name="time">Its only clock.</param>
/// <param name="version">The version of a new instance whose starter names none (host.json's <c>defaultVersion</c>).</param>
internal sealed class MemoryHub(TimeProvider time, string version = "1")
{
    private readonly SortedDictionary<string, HubInstance> _instances = new(StringComparer.Ordinal);
    private long _executions;

    public string Version => version;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Messages for orchestrations. A timer is a message that stays hidden until it is due.</summary>
    public HubQueue Control { get; } = new(time);

    /// <summary>Activities to run.</summary>
    public HubQueue Work { get; } = new(time);

    /// <summary>In the order of their ids.</summary>
    public IEnumerable<HubInstance> Instances => _instances.Values;

    /// <summary>Null if nothing is stored under this id.</summary>
    public HubInstance? Find(string instanceId) => _instances.GetValueOrDefault(instanceId);

    /// <summary>The backend draws a GUID; a count is as unique and replays.</summary>
    public string NewExecutionId() => $"execution-{++_executions}";

    public void Send(HubMessage message)
    {
        if (message.Event is TaskScheduledEvent)
            Work.Put(message);
        else
            Control.Put(message, message.Event is TimerFiredEvent timer ? timer.FireAt - Now.UtcDateTime : TimeSpan.Zero);
    }

    /// <summary>Returns false if the stored row is no longer the one that the starter saw, because another start came first.</summary>
    public bool TryInsertRow(string instanceId, InstanceRow row, InstanceRow? seen)
    {
        HubInstance instance = Find(instanceId) ?? new(instanceId);
        if (instance.Row != seen)
            return false;
        _instances[instanceId] = instance with { Row = row };
        return true;
    }

    /// <exception cref="HubConflictException">Somebody else has committed since the history was read.</exception>
    public void CommitHistory(HubInstance read, IReadOnlyList<HistoryEvent> history)
    {
        HubInstance instance = Find(read.Id) ?? new(read.Id);
        if (instance.Tag != read.Tag)
            throw new HubConflictException(read.Id);
        _instances[read.Id] = instance with { History = history, Tag = instance.Tag + 1 };
    }

    public void UpdateRow(string instanceId, InstanceRow row) =>
        _instances[instanceId] = (Find(instanceId) ?? new(instanceId)) with { Row = row };

    /// <summary>Returns false if nothing is stored under this id.</summary>
    public bool Purge(string instanceId) => _instances.Remove(instanceId);

    /// <summary>The process that worked on the hub is dead.</summary>
    public void Abandon()
    {
        Control.Abandon();
        Work.Abandon();
    }
}

/// <summary>A checkpoint met another one.</summary>
internal sealed class HubConflictException(string instanceId) : Exception($"the history of {instanceId} has changed since it was read");
