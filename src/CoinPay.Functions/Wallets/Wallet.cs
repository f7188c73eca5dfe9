namespace CoinPay.Functions.Wallets;

/// <summary>Where a merchant's money on one network goes.</summary>
internal sealed record Wallet
{
    /// <summary>The network's short name.</summary>
    public required string Network { get; init; }

    /// <summary>The name of an <see cref="Chains.IWalletKind"/>: <c>xpub</c>, <c>forwarder</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What the merchant said of it: an extended public key and where it comes from, or a settlement address.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    /// <summary>The same key whatever its prefix: what address counters and the claim are kept under; null where none is counted.</summary>
    public string? Canonical { get; init; }

    /// <summary>The same for every way to say the same.</summary>
    public required string Identity { get; init; }

    /// <summary>From when on new invoices use it.</summary>
    public required DateTimeOffset EffectiveAt { get; init; }

    /// <summary>One thing that the merchant said of it, or null.</summary>
    public string? Said(string field) => Fields.GetValueOrDefault(field);

    /// <summary>
    /// Whether the other pays to the same place and says the same of it; how its key is written does not count.
    /// </summary>
    public bool IsSame(Wallet other) => (Kind, Identity) == (other.Kind, other.Identity);
}

/// <summary>A network's wallets over time: the one in force, and one that will be.</summary>
internal sealed record WalletChange(Wallet? Current, Wallet? Next)
{
    /// <summary>The wallet in force at an instant; null when there is none yet.</summary>
    public Wallet? At(DateTimeOffset now) => Next is not null && Next.EffectiveAt <= now ? Next : Current;

    /// <summary>
    /// Puts a wallet in force after the delay; the first one of a network at once, as it replaces nothing. The one in force
    /// put again takes a change back that waits.
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
