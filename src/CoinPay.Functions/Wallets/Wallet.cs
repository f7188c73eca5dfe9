namespace CoinPay.Functions.Wallets;

/// <summary>Where a merchant's money on one network goes.</summary>
internal sealed record Wallet
{
    /// <summary>The network's short name.</summary>
    public required string Network { get; init; }

    /// <summary>The name of an <see cref="Chains.IWalletKind"/>: <c>xpub</c>, <c>forwarder</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The merchant's input: an extended public key and its origin, or a settlement address.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    /// <summary>The key independent of its prefix, which identifies address counters and the claim; null without a counter.</summary>
    public string? Canonical { get; init; }

    /// <summary>Equal for wallets that differ only in notation.</summary>
    public required string Identity { get; init; }

    /// <summary>When new invoices start using the wallet.</summary>
    public required DateTimeOffset EffectiveAt { get; init; }

    /// <summary>Returns one field of the merchant's input, or null.</summary>
    public string? Said(string field) => Fields.GetValueOrDefault(field);

    /// <summary>
    /// Whether the other wallet has the same destination and origin, regardless of how its key is written.
    /// </summary>
    public bool IsSame(Wallet other) => (Kind, Identity) == (other.Kind, other.Identity);
}

/// <summary>A network's wallets over time: the one in force, and the pending one.</summary>
internal sealed record WalletChange(Wallet? Current, Wallet? Next)
{
    /// <summary>Returns the wallet in force at an instant, or null if there is none yet.</summary>
    public Wallet? At(DateTimeOffset now) => Next is not null && Next.EffectiveAt <= now ? Next : Current;

    /// <summary>
    /// Puts a wallet in force after the delay, or at once if it is the network's first, because it replaces nothing. Putting
    /// the wallet in force again cancels a pending change.
    /// </summary>
    public WalletChange Replace(Wallet wallet, DateTimeOffset now, TimeSpan delay)
    {
        Wallet? current = At(now);
        if (current?.IsSame(wallet) == true)
            return new(current, null);
        return current is null || delay == TimeSpan.Zero
            ? new(wallet with { EffectiveAt = now }, null)
            : new(current, wallet with { EffectiveAt = now + delay });
    }
}
