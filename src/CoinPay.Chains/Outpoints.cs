namespace CoinPay.Chains;

/// <summary>
/// The outputs that a transaction spends, as <c>txid:n</c>. Two transactions that have one in common cannot both stand:
/// that is how a replacement or a double spend is known for what it is. Equal when they name the same in the same order.
/// </summary>
public sealed class Outpoints : IEquatable<Outpoints>
{
    /// <summary>
    /// As many are kept of one transaction; those of a payment are one to a few. One of thousands, a consolidation, whose
    /// rival shares only later ones is still seen to leave, without the name of what took its place.
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

    /// <summary>From the form in which a row keeps them; null and nothing are none.</summary>
    public static Outpoints Parse(string? text) => Of((text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public override string ToString() => string.Join(' ', _all);

    public bool Equals(Outpoints? other) => other is not null && _all.AsSpan().SequenceEqual(other._all);

    public override bool Equals(object? obj) => Equals(obj as Outpoints);

    public override int GetHashCode() => _all.Length == 0 ? 0 : StringComparer.Ordinal.GetHashCode(_all[0]);
}

/// <summary>A transaction that spends an outpoint which the reader looks out for.</summary>
public readonly record struct Spend(string Outpoint, string TransactionHash);
