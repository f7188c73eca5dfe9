using Nethereum.Util;

namespace CoinPay.Chains.Evm;

/// <summary>
/// A block's <c>logsBloom</c>: what it does not hold, no log of the block has; what it seems to hold, a log may have. A node
/// that gives none could hold anything. Source: Ethereum yellow paper, 4.3.1 (three 11-bit indexes of a Keccak-256 hash).
/// </summary>
internal sealed class LogsBloom
{
    private const int Length = 256;
    private const int Bits = 8 * Length;
    private readonly byte[]? _bits;

    public LogsBloom(string? hex)
    {
        if (hex is null)
            return;
        _bits = hex.StartsWith("0x", StringComparison.Ordinal) ? Convert.FromHexString(hex.AsSpan(2)) : [];
        if (_bits.Length != Length)
            throw new FormatException($"A logsBloom has {Length} bytes, not {_bits.Length}.");
    }

    /// <summary>Whether a log of the block may have this address or topic.</summary>
    public bool MayHold(Entry entry) => _bits is null || Array.TrueForAll(
        entry.Indexes, index => (_bits[Length - 1 - index / 8] & (1 << (index % 8))) != 0);

    /// <summary>An address or topic, and the bits that it sets.</summary>
    internal sealed class Entry
    {
        public Entry(string hex)
        {
            byte[] hash = Sha3Keccack.Current.CalculateHash(Convert.FromHexString(hex.AsSpan(2)));
            Indexes = [IndexAt(hash, 0), IndexAt(hash, 2), IndexAt(hash, 4)];
        }

        public int[] Indexes { get; }

        private static int IndexAt(byte[] hash, int at) => ((hash[at] << 8) | hash[at + 1]) % Bits;
    }
}
