using System.Collections.Concurrent;

namespace CoinPay.Functions.Platform;

/// <summary>
/// Caches what was read for a short while, so that the hot path does not read the same row from storage on every call.
/// Values are at most <paramref name="memory"/> old; a value that this process changes is dropped at once.
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
        // Something changed during the read, so the value may be outdated and must not be cached.
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

/// <summary>How long other processes take to notice a revoked key, a changed merchant or a replaced wallet.</summary>
internal static class ShortMemory
{
    public static readonly TimeSpan OfRows = TimeSpan.FromSeconds(30);
}
