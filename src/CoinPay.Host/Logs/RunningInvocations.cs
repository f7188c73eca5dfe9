using System.Collections.Concurrent;

namespace CoinPay.Host.Logs;

/// <summary>The invocations in progress, by id.</summary>
internal sealed class RunningInvocations
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);
    private readonly ConcurrentDictionary<string, InvocationScope> _running = new(StringComparer.Ordinal);

    public int Count => _running.Count;

    public InvocationScope? Find(string id) => _running.GetValueOrDefault(id);

    public void Begin(InvocationScope invocation) => _running[invocation.InvocationId] = invocation;

    public void End(InvocationScope invocation) => _running.TryRemove(invocation.InvocationId, out _);

    /// <summary>Returns false if some are still running at the limit.</summary>
    public async Task<bool> HaveEndedAsync(TimeSpan limit)
    {
        for (long from = TimeProvider.System.GetTimestamp(); !_running.IsEmpty; await Task.Delay(LookAgain))
            if (TimeProvider.System.GetElapsedTime(from) > limit)
                return false;
        return true;
    }
}
