using System.Collections.Concurrent;

namespace CoinPay.Functions.Platform;

/// <summary>
/// Remembers what was read for a short while, so that the hot path does not ask storage for the same row at every call.
/// What it answers is at most <paramref name="memory"/> old; a change made by this process is forgotten at once.
/// </summary>
internal sealed class ShortMemory<T>(TimeProvider clock, TimeSpan memory)
{
    private const int MaxEntries = 20_000;

    private readonly ConcurrentDictionary<string, (T Value, DateTimeOffset ReadAt)> _entries =
        new(StringComparer.Ordinal);

    private int _changes;

    public async ValueTask<T> GetAsync(string key, Func<Task<T>> read)
    {
        if (_entries.TryGetValue(key, out (T Value, DateTimeOffset ReadAt) entry)
            && clock.GetUtcNow() - entry.ReadAt < memory)
            return entry.Value;
        int changes = Volatile.Read(ref _changes);
        DateTimeOffset readAt = clock.GetUtcNow();
        T value = await read();
        // Something changed while this was read: it may be the old, and is not to be remembered.
        if (changes != Volatile.Read(ref _changes))
            return value;
        if (_entries.Count >= MaxEntries)
            _entries.Clear();
        _entries[key] = (value, readAt);
        return value;
    }

    public void Forget(string key)
    {
        Interlocked.Increment(ref _changes);
        _entries.TryRemove(key, out _);
    }
}

/// <summary>How late another process notices that a key was revoked, a merchant changed or a wallet replaced.</summary>
internal static class ShortMemory
{
    public static readonly TimeSpan OfRows = TimeSpan.FromSeconds(30);
}
