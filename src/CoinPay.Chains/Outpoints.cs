namespace CoinPay.Chains;

/// <summary>
/// The outputs that a transaction spends, as <c>txid:n</c>. Of two transactions that share one, only one can be valid:
/// that is how replacements and double spends are detected. Equal if they name the same outputs in the same order.
/// </summary>
public sealed class Outpoints : IEquatable<Outpoints>
{
    /// <summary>
    /// The maximum kept per transaction; payments usually have one to a few. If a transaction has thousands, a
    /// consolidation, and its rival shares only later ones, the gateway still sees it disappear but does not know what
    /// replaced it.
    /// </summary>
    public const int MaxCount = 64;

    private readonly string[] _all;

    private Outpoints(string[] all) => _all = all;

    public static Outpoints None { get; } = new([]);

    public IReadOnlyList<string> All => _all;

    public static string Name(string transactionHash, int number) => $"{transactionHash}:{number}";

    public static Outpoints Of(IEnumerable<string> outpoints)
    {
        string[] all = [.. outpoints.Take(MaxCount)];
        return all.Length == 0 ? None : new(all);
    }

    /// <summary>Reads the form stored in rows; null and empty mean none.</summary>
    public static Outpoints Parse(string? text) => Of((text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public override string ToString() => string.Join(' ', _all);

    public bool Equals(Outpoints? other) => other is not null && _all.AsSpan().SequenceEqual(other._all);

    public override bool Equals(object? obj) => Equals(obj as Outpoints);

    public override int GetHashCode() => _all.Length == 0 ? 0 : StringComparer.Ordinal.GetHashCode(_all[0]);
}

/// <summary>A transaction that spends an outpoint that the reader watches.</summary>
public readonly record struct Spend(string Outpoint, string TransactionHash);
