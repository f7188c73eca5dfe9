namespace CoinPay.Chains.Bitcoin;

/// <summary>
/// Remembers which transaction recently spent which output in the mempool, even if it is no longer there. A node shows
/// only one of two conflicting transactions at a time, so the conflict is visible only if the first one is remembered.
/// </summary>
internal sealed class RecentSpends(TimeProvider time, TimeSpan memory, int most)
{
    private readonly Dictionary<string, (string Spender, long At)> _spenders = new(StringComparer.Ordinal);
    private readonly Queue<(string Outpoint, long At)> _order = new();

    /// <summary>Remembers a transaction; returns whether another one spent any of its inputs before.</summary>
    public bool HaveAnother(string transactionHash, Outpoints inputs)
    {
        long now = time.GetTimestamp();
        bool another = false;
        foreach (string outpoint in inputs.All)
        {
            another |= _spenders.TryGetValue(outpoint, out (string Spender, long At) before)
                && before.Spender != transactionHash;
            _spenders[outpoint] = (transactionHash, now);
            _order.Enqueue((outpoint, now));
        }
        Forget();
        return another;
    }

    private void Forget()
    {
        while (_order.TryPeek(out (string Outpoint, long At) oldest)
            && (_order.Count > most || time.GetElapsedTime(oldest.At) > memory))
        {
            _order.Dequeue();
            if (_spenders.TryGetValue(oldest.Outpoint, out (string Spender, long At) last) && last.At == oldest.At)
                _spenders.Remove(oldest.Outpoint);
        }
    }
}
