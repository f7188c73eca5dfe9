namespace CoinPay.Chains.Bitcoin;

/// <summary>
/// Who spent what in the mempool a short while ago, whether still there or not: a node shows one of two rivals at a time,
/// so that only the memory of the first tells that there are two.
/// </summary>
internal sealed class RecentSpends(TimeProvider time, TimeSpan memory, int most)
{
    private readonly Dictionary<string, (string Spender, long At)> _spenders = new(StringComparer.Ordinal);
    private readonly Queue<(string Outpoint, long At)> _order = new();

    /// <summary>Remembers a transaction; says whether another one spent any of its inputs before.</summary>
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
