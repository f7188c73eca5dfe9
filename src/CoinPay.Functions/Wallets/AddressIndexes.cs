using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Watching;

namespace CoinPay.Functions.Wallets;

/// <summary>
/// Allocates the next address index of an account key. The counter belongs to the key, the network and the script, not to
/// the wallet that has the key, so that no address is given out twice if a wallet is changed and changed back. A process
/// leases a few indexes at a time; those left unused by a crash are given out first, because a wallet that restores from
/// its seed gives up after twenty unused addresses in a row (BIP-44, gap limit). There is no counter, and so no address, until
/// it is known from which index on the key's addresses are unused (<see cref="WalletHistories"/>).
/// </summary>
internal sealed class AddressIndexes(Tables tables, WatchStore watches, TimeProvider clock)
{
    private const string CounterPrefix = "counter!";
    private const int LeaseSize = 4;
    private const int MaxConflicts = 20;

    /// <summary>After this time a lease is no longer used; after twice this time, its unused indexes are given out again.</summary>
    private static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Held> _held = new(StringComparer.Ordinal);

    /// <summary>The counters that are known to exist; they are never removed.</summary>
    private readonly ConcurrentDictionary<string, bool> _started = new(StringComparer.Ordinal);

    /// <summary>Returns the name of a counter, which identifies everything that an address is derived from except the index.</summary>
    public static string CounterOf(string canonicalKey, string network) => Key.Hash($"{canonicalKey}\n{network}\nwpkh");

    /// <summary>Whether a row of <c>Merchants</c> is a counter.</summary>
    public static bool IsCounter(TableEntity row) => row.RowKey.StartsWith(CounterPrefix, StringComparison.Ordinal);

    /// <summary>
    /// Makes a counter from an older copy safe to use: skips the indexes that may have been given out since, and drops those
    /// that were free then.
    /// </summary>
    public static TableEntity SkippedAhead(TableEntity row, int count)
    {
        Counter copied = StoredJson.Read<Counter>(row.GetString("Json"));
        return ToRow(row.PartitionKey, row.RowKey, new(copied.Next + count, [], [], copied.Start));
    }

    /// <summary>
    /// Creates a counter, if there is none. An existing one continues; only a stated index can move it, and only ahead.
    /// </summary>
    public async Task StartAsync(string merchantId, string counter, CounterStart start, CancellationToken cancellation)
    {
        for (int conflicts = 0; conflicts < MaxConflicts; conflicts++)
        {
            (Counter? state, ETag? tag) = await FindAsync(merchantId, counter, cancellation);
            bool isAhead = state is not null && (start.By != WalletHistory.Stated || start.Index <= state.Next);
            if (isAhead || await TryWriteAsync(merchantId, counter, new(start.Index, [], [], start), tag, cancellation))
                return;
        }
        throw new InvalidOperationException("Cannot start address indexes: the counter has too many concurrent writers.");
    }

    /// <summary>Returns where a counter started, or null if there is none yet.</summary>
    public async Task<CounterStart?> FindStartAsync(string merchantId, string counter, CancellationToken cancellation) =>
        (await FindAsync(merchantId, counter, cancellation)).State?.Start;

    /// <summary>Throws a problem while there is no counter.</summary>
    public async Task RequireStartedAsync(string merchantId, string counter, CancellationToken cancellation)
    {
        if (_started.ContainsKey(counter))
            return;
        if (await FindStartAsync(merchantId, counter, cancellation) is null)
            throw new ProblemException(Problems.WalletPending);
        _started.TryAdd(counter, true);
    }

    /// <summary>Takes an index that no invoice uses.</summary>
    public async Task<long> TakeAsync(string merchantId, string network, string counter, CancellationToken cancellation)
    {
        Held held = _held.GetOrAdd(counter, static _ => new Held());
        await held.Gate.WaitAsync(cancellation);
        try
        {
            if (held.Indexes.Count == 0 || clock.GetUtcNow() >= held.Until)
            {
                held.Until = clock.GetUtcNow() + LeaseTime;
                Lease lease = await LeaseAsync(merchantId, network, counter, held, cancellation);
                held.Open.Add(lease);
                held.Indexes = new(lease.Indexes);
                held.Unused.UnionWith(lease.Indexes);
            }
            return held.Indexes.Dequeue();
        }
        finally
        {
            held.Gate.Release();
        }
    }

    /// <summary>Marks that the index now has a watch.</summary>
    public async Task UsedAsync(string counter, long index, CancellationToken cancellation)
    {
        Held held = _held.GetOrAdd(counter, static _ => new Held());
        await held.Gate.WaitAsync(cancellation);
        held.Unused.Remove(index);
        held.Gate.Release();
    }

    /// <summary>Returns an index that was not needed; the next invoice gets it.</summary>
    public async Task GiveBackAsync(string counter, long index, CancellationToken cancellation)
    {
        Held held = _held.GetOrAdd(counter, static _ => new Held());
        await held.Gate.WaitAsync(cancellation);
        if (clock.GetUtcNow() < held.Until && held.Unused.Contains(index))
            held.Indexes.Enqueue(index);
        held.Gate.Release();
    }

    private async Task<Lease> LeaseAsync(
        string merchantId, string network, string counter, Held held, CancellationToken cancellation)
    {
        for (int conflicts = 0; ; conflicts++)
        {
            (Counter? found, ETag? tag) = await FindAsync(merchantId, counter, cancellation);
            Counter state = found ?? throw new ProblemException(Problems.WalletPending);
            state = await ReclaimAsync(state, network, counter, cancellation);
            List<long> taken = state.Abandoned.Take(LeaseSize).ToList();
            int fresh = LeaseSize - taken.Count;
            taken.AddRange(Enumerable.Range(0, fresh).Select(i => state.Next + i));
            Lease lease = new(Guid.NewGuid().ToString("n"), held.Until, taken);
            // Our own leases whose indexes all have a watch need no second check.
            HashSet<string> done = held.Open.Where(open => !open.Indexes.Exists(held.Unused.Contains)).Select(open => open.Id).ToHashSet();
            Counter leased = new(
                state.Next + fresh,
                state.Abandoned.Skip(LeaseSize).ToList(),
                [.. state.Leases.Where(open => !done.Contains(open.Id)), lease],
                state.Start);
            if (await TryWriteAsync(merchantId, counter, leased, tag, cancellation))
            {
                held.Open.RemoveAll(open => done.Contains(open.Id) || open.Until + LeaseTime < clock.GetUtcNow());
                return lease;
            }
            if (conflicts >= MaxConflicts)
                throw new InvalidOperationException("Cannot lease address indexes: the counter has too many concurrent writers.");
        }
    }

    /// <summary>Reclaims the unused indexes of ended leases: an index without a watch was never shown to anyone.</summary>
    private async Task<Counter> ReclaimAsync(Counter state, string network, string counter, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        List<Lease> ended = state.Leases.Where(lease => lease.Until + LeaseTime < now).ToList();
        if (ended.Count == 0)
            return state;
        DateTimeOffset oldest = ended.Min(lease => lease.Until) - LeaseTime - LeaseTime;
        HashSet<long> used = (await watches.ReadSinceAsync(network, oldest, cancellation))
            .Where(watch => watch.Counter == counter)
            .Select(watch => watch.Index!.Value)
            .ToHashSet();
        List<long> abandoned = ended.SelectMany(lease => lease.Indexes).Where(index => !used.Contains(index)).ToList();
        return state with
        {
            Abandoned = state.Abandoned.Concat(abandoned).Distinct().Order().ToList(),
            Leases = state.Leases.Except(ended).ToList(),
        };
    }

    private async Task<(Counter? State, ETag? Tag)> FindAsync(string merchantId, string counter, CancellationToken cancellation) =>
        await tables.Merchants.FindAsync(merchantId, RowKeyOf(counter), cancellation) is { } row
            ? (StoredJson.Read<Counter>(row.GetString("Json")), row.ETag)
            : (null, null);

    private async Task<bool> TryWriteAsync(
        string merchantId, string counter, Counter state, ETag? tag, CancellationToken cancellation)
    {
        TableEntity row = ToRow(merchantId, RowKeyOf(counter), state);
        try
        {
            if (tag is { } seen)
                await tables.Merchants.UpdateEntityAsync(row, seen, TableUpdateMode.Replace, cancellation);
            else
                await tables.Merchants.AddEntityAsync(row, cancellation);
            return true;
        }
        catch (RequestFailedException conflict) when (conflict.Status is 409 or 412)
        {
            return false;
        }
    }

    private static TableEntity ToRow(string merchantId, string key, Counter state) =>
        new(merchantId, key) { ["Json"] = StoredJson.Write(state) };

    private static string RowKeyOf(string counter) => CounterPrefix + Key.Of(counter);

    private sealed class Held
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public Queue<long> Indexes { get; set; } = [];

        /// <summary>The leased indexes that have no watch yet, as far as this process knows.</summary>
        public HashSet<long> Unused { get; } = [];

        public List<Lease> Open { get; } = [];

        public DateTimeOffset Until { get; set; }
    }

    private sealed record Counter(long Next, List<long> Abandoned, List<Lease> Leases, CounterStart Start);

    private sealed record Lease(string Id, DateTimeOffset Until, List<long> Indexes);
}

/// <summary>A counter's first index, and how it is known to be unused: see <see cref="WalletHistory"/>.</summary>
internal sealed record CounterStart(long Index, string By);
