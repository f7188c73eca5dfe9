using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CoinPay.Chains.Bitcoin;

/// <summary>
/// Remembers which transaction spends which output, for as long as the transaction is in the mempool and a while after it
/// left. A node shows only one of two conflicting transactions at a time, so the conflict is visible only if the first one is
/// remembered. Never larger than the node's own mempool and what left it recently; an outpoint takes some 50 bytes.
/// </summary>
internal sealed class RecentSpends(TimeProvider time, TimeSpan memory)
{
    private readonly Dictionary<UInt128, string> _spenders = [];
    private readonly Dictionary<string, UInt128[]> _inputs = new(StringComparer.Ordinal);
    private readonly Queue<(string Id, UInt128[] Outpoints, long At)> _left = new();

    /// <summary>Remembers a transaction; returns whether another one spent any of its inputs before.</summary>
    public bool HaveAnother(string transactionHash, IEnumerable<string> outpoints)
    {
        Forget();
        UInt128[] spent = [.. outpoints.Select(KeyOf)];
        bool another = false;
        foreach (UInt128 outpoint in spent)
        {
            another |= _spenders.TryGetValue(outpoint, out string? before) && before != transactionHash;
            _spenders[outpoint] = transactionHash;
        }
        _inputs[transactionHash] = spent;
        return another;
    }

    /// <summary>The transaction is no longer in the mempool.</summary>
    public void Left(string transactionHash)
    {
        if (_inputs.Remove(transactionHash, out UInt128[]? spent))
            _left.Enqueue((transactionHash, spent, time.GetTimestamp()));
    }

    /// <summary>Forgets what left the mempool too long ago.</summary>
    private void Forget()
    {
        while (_left.TryPeek(out (string Id, UInt128[] Outpoints, long At) oldest) && time.GetElapsedTime(oldest.At) > memory)
        {
            _left.Dequeue();
            bool isBack = _inputs.ContainsKey(oldest.Id);
            foreach (UInt128 outpoint in oldest.Outpoints)
                if (!isBack && _spenders.TryGetValue(outpoint, out string? last) && last == oldest.Id)
                    _spenders.Remove(outpoint);
        }
    }

    private static UInt128 KeyOf(string outpoint) =>
        BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.ASCII.GetBytes(outpoint)));
}
