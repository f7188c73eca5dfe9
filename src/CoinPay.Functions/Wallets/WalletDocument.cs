namespace CoinPay.Functions.Wallets;

/// <summary>One wallet in responses and in <c>wallet.changed</c>.</summary>
/// <param name="Status"><c>pending</c> until <paramref name="EffectiveAt"/>, then <c>in_force</c>.</param>
/// <param name="FirstAddresses">The first addresses that invoices get, which the merchant's own wallet must show too.</param>
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
    DateTimeOffset EffectiveAt,
    WalletSummary? Current)
{
    private const int AddressesShown = 3;

    /// <summary>Returns the last wallet put and, while it is pending, the one still in force.</summary>
    public static WalletDocument Of(string merchantId, Chains.Network network, WalletChange wallets, DateTimeOffset now)
    {
        Wallet last = wallets.Next ?? wallets.Current!;
        Wallet? inForce = wallets.At(now);
        return new(
            "wallet", merchantId, network.Id, network.Name, network.Livemode, inForce == last ? "in_force" : "pending",
            last.Kind, last.Said("xpub"), last.Said("origin"), last.Said("settlement_address"),
            network.Family.WalletKind.FirstAddresses(network, last.Fields, AddressesShown), last.EffectiveAt,
            inForce is null || inForce == last ? null : WalletSummary.Of(inForce));
    }
}

internal sealed record WalletSummary(
    string Kind, string? Xpub, string? Origin, string? SettlementAddress, DateTimeOffset EffectiveAt)
{
    public static WalletSummary Of(Wallet wallet) =>
        new(wallet.Kind, wallet.Said("xpub"), wallet.Said("origin"), wallet.Said("settlement_address"), wallet.EffectiveAt);
}
