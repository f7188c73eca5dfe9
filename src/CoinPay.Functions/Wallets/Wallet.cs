namespace CoinPay.Functions.Wallets;

/// <summary>Where a merchant's money on one network goes.</summary>
internal sealed record Wallet
{
    public const string XpubKind = "xpub";
    public const string ForwarderKind = "forwarder";

    /// <summary>The network's short name.</summary>
    public required string Network { get; init; }

    /// <summary><see cref="XpubKind"/> or <see cref="ForwarderKind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The account's extended public key as the merchant gave it; null for a forwarder.</summary>
    public string? Xpub { get; init; }

    /// <summary>The same key whatever its prefix: what address counters and the claim are kept under.</summary>
    public string? Canonical { get; init; }

    /// <summary>Fingerprint and path of the account, <c>[d34db33f/84h/0h/0h]</c>, when the merchant gave it.</summary>
    public string? Origin { get; init; }

    /// <summary>EVM address with checksum that forwarders pay out to; null for an xpub.</summary>
    public string? SettlementAddress { get; init; }

    /// <summary>From when on new invoices use it.</summary>
    public required DateTimeOffset EffectiveAt { get; init; }

    /// <summary>
    /// Whether the other pays to the same place and says the same of it; how its key is written does not count.
    /// </summary>
    public bool IsSame(Wallet other) =>
        (Kind, Canonical, Origin, SettlementAddress) == (
            other.Kind, other.Canonical, other.Origin, other.SettlementAddress);
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
