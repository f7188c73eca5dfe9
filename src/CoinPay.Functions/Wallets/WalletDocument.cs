namespace CoinPay.Functions.Wallets;

/// <summary>One wallet in responses and in <c>wallet.changed</c>.</summary>
/// <param name="Status">
/// <c>pending</c> until <paramref name="EffectiveAt"/> and, for a key, until it is known which of its addresses are unused; then <c>in_force</c>.
/// </param>
/// <param name="FirstAddresses">The key's first addresses, which the merchant's own wallet must show too.</param>
/// <param name="StartIndex">The first index that an invoice got or will get.</param>
/// <param name="History">How it is known that addresses from there on are unused: see <see cref="WalletHistory"/>.</param>
/// <param name="HistoryNote">What to know about it or to do.</param>
/// <param name="Current">While the wallet is pending, the one that invoices still use.</param>
internal sealed record WalletDocument(
    string Object,
    string MerchantId,
    string Network,
    string NetworkName,
    bool Livemode,
    string Status,
    string Kind,
    string? Xpub,
    string? Origin,
    string? SettlementAddress,
    IReadOnlyList<string> FirstAddresses,
    long? StartIndex,
    string? History,
    string? HistoryNote,
    DateTimeOffset EffectiveAt,
    WalletSummary? Current)
{
    private const int AddressesShown = 3;

    /// <summary>Returns the last wallet put and, while it is pending, the one still in force.</summary>
    public static WalletDocument Of(
        string merchantId, Chains.Network network, WalletChange wallets, WalletHistory? history, DateTimeOffset now)
    {
        Wallet last = wallets.Next ?? wallets.Current!;
        Wallet? inForce = wallets.At(now);
        bool isInForce = inForce == last && history is not { IsReady: false };
        return new(
            "wallet", merchantId, network.Id, network.Name, network.Livemode, isInForce ? "in_force" : "pending",
            last.Kind, last.Said("xpub"), last.Said("origin"), last.Said("settlement_address"),
            network.Family.WalletKind.AddressesFrom(network, last.Fields, 0, AddressesShown),
            history?.StartIndex, history?.State, history?.Note, last.EffectiveAt,
            inForce is null || inForce == last ? null : WalletSummary.Of(inForce));
    }
}

internal sealed record WalletSummary(
    string Kind, string? Xpub, string? Origin, string? SettlementAddress, DateTimeOffset EffectiveAt)
{
    public static WalletSummary Of(Wallet wallet) =>
        new(wallet.Kind, wallet.Said("xpub"), wallet.Said("origin"), wallet.Said("settlement_address"), wallet.EffectiveAt);
}
