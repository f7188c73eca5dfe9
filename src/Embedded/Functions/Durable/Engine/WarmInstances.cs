using System.Collections.Concurrent;
using CoinPay.Embedded.Durable.Storage;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Durable;

/// <summary>
/// The instances in memory. Beyond the limit those that have been idle longest are put away: the index notes that they have nothing
/// to do before their next timer, and they are read again when it is due or something comes for them.
/// </summary>
internal sealed class WarmInstances(TaskHub hub, RunningIndex index, int limit)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, Instance> _instances = new(StringComparer.Ordinal);
    private long _uses;
    private int _trims;

    public int Count => _instances.Count;

    public long NextUse() => Interlocked.Increment(ref _uses);

    /// <summary>The instance, which reads itself when it is woken; it may close at any time.</summary>
    public Instance Bring(string instanceId)
    {
        Instance instance = _instances.GetOrAdd(instanceId, id => new(id, hub));
        while (instance.Mail.IsClosed)
        {
            _instances.TryRemove(new(instanceId, instance));
            instance = _instances.GetOrAdd(instanceId, id => new(id, hub));
        }
        return instance;
    }

    public void Wake(string instanceId)
    {
        while (!Bring(instanceId).Wake())
        {
        }
    }

    /// <summary>Once only: here, or by the one before it when that is closed.</summary>
    public void Begin(Newborn created)
    {
        Instance fresh = new(created.State.InstanceId, hub);
        fresh.Adopt(created);
        Instance holder = _instances.GetOrAdd(fresh.Id, fresh);
        while (holder != fresh && !holder.Mail.TrySucceed(created))
        {
            _instances.TryRemove(new(fresh.Id, holder));
            holder = _instances.GetOrAdd(fresh.Id, fresh);
        }
        holder.Wake();
    }

    public void Remove(Instance instance)
    {
        if (_instances.TryRemove(new(instance.Id, instance)))
            hub.Alarms.Set(instance.Id, null);
    }

    /// <summary>
    /// Before anything is taken in: sets the alarms of what was put away, and gives the rest, which may have work to do. Later an
    /// alarm of the instance's own would be overwritten.
    /// </summary>
    public List<IGrouping<string, RunningRow>> SetAlarms(IReadOnlyList<RunningRow> running)
    {
        List<IGrouping<string, RunningRow>> working = [];
        foreach (IGrouping<string, RunningRow> rows in running.ToLookup(row => row.InstanceId))
            if (rows.Count() == 1 && rows.First() is { IsPutAway: true } idle)
                hub.Alarms.Set(idle.InstanceId, idle.DueAt);
            else
                working.Add(rows);
        return working;
    }

    /// <summary>Brings back what may have work to do, as much at a time as memory is to hold.</summary>
    public async Task BringBackAsync(IReadOnlyList<IGrouping<string, RunningRow>> working, bool tookOver)
    {
        foreach (IGrouping<string, RunningRow>[] some in working.Chunk(IRowStore.MaxRows))
        {
            // A former owner's late write may still change the rows, but not once they are written anew.
            if (tookOver)
                await Task.WhenAll(some.Select(rows => TryPutAsync(rows.First())));
            foreach (IGrouping<string, RunningRow> rows in some)
                await BringBackAsync(rows);
        }
    }

    /// <summary>The instance may have been at work, and put away again, since the rows were read: its next commit is preceded by a new row.</summary>
    private async Task BringBackAsync(IGrouping<string, RunningRow> rows)
    {
        while (_instances.Count > limit && !hub.IsStopping)
            await hub.PauseAsync(LookAgain);
        if (hub.IsStopping)
            return;
        Instance instance = Bring(rows.Key);
        foreach (RunningRow row in rows)
            instance.Indexed.Add(row.ExecutionId);
        instance.Wake();
    }

    private async Task TryPutAsync(RunningRow row)
    {
        try
        {
            await index.PutAsync(row.InstanceId, row.ExecutionId);
        }
        catch (Exception failure) when (StorageFault.Is(failure))
        {
            // The instance's next commit is preceded by another attempt.
        }
    }

    /// <summary>An instance has nothing more to do for now.</summary>
    public void Rested()
    {
        if (_instances.Count > limit && Interlocked.Increment(ref _trims) == 1)
            _ = hub.Background.Run(TrimAsync);
    }

    /// <summary>Puts away all that is idle, for a stop in order.</summary>
    public async Task PutAllAwayAsync()
    {
        while (await PutAwayAsync(IRowStore.MaxRows))
        {
        }
    }

    /// <summary>One at a time; whoever rests meanwhile makes it look once more.</summary>
    private async Task TrimAsync()
    {
        int seen;
        do
        {
            seen = Volatile.Read(ref _trims);
            bool did = true;
            while (did && _instances.Count > limit && !hub.IsStopping)
                did = await PutAwayAsync(Math.Min(IRowStore.MaxRows, _instances.Count - (limit * 9 / 10)));
        }
        while (Interlocked.CompareExchange(ref _trims, 0, seen) != seen);
    }

    /// <summary>False if none could be.</summary>
    private async Task<bool> PutAwayAsync(int count)
    {
        List<(Instance Instance, RunningRow Row)> idle = [];
        foreach (Instance instance in _instances.Values.OrderBy(instance => instance.LastUsed))
            if (idle.Count < count && instance.TryBeginPutAway() is { } row)
                idle.Add((instance, row));
        bool isStored = await TryStoreAsync([.. idle.Select(each => each.Row).Where(row => row.ETag != default)]);
        foreach ((Instance instance, RunningRow row) in idle)
            if (instance.LeaveOrStay(isStored || row.ETag == default))
                _instances.TryRemove(new(instance.Id, instance));
        return isStored && idle.Count > 0;
    }

    private async Task<bool> TryStoreAsync(IReadOnlyList<RunningRow> rows)
    {
        try
        {
            if (rows.Count > 0)
                await index.PutAwayAsync(rows, CancellationToken.None);
            return true;
        }
        catch (Exception failure) when (StorageFault.Is(failure))
        {
            hub.Log.LogWarning("Idle instances stay in memory for now: {Reason}", failure.Message);
            await hub.PauseAsync(LookAgain);
            return false;
        }
    }
}
