using CoinPay.Chains;
using CoinPay.Functions.Http;

namespace CoinPay.Functions.Wallets;

/// <summary>Reads and checks a wallet for a network.</summary>
internal static class WalletRequest
{
    private const int MaxKindLength = 20;

    /// <summary>Indexes end at 2^31 (BIP 32); this leaves room for invoices.</summary>
    private const int MaxStartIndex = 2_000_000_000;

    /// <summary>
    /// Returns the wallet and the first index to use, if it is stated; throws a problem with all errors. Private material was already
    /// refused.
    /// </summary>
    public static (Wallet Wallet, int? StartIndex) Read(RequestBody body, Network network, DateTimeOffset now)
    {
        IWalletKind kind = network.Family.WalletKind;
        string given = body.RequiredString("kind", MaxKindLength);
        if (given.Length > 0 && given != kind.Name)
            body.Refuse("kind", $"On {network.Name} a wallet must be of kind {kind.Name}.");
        Dictionary<string, string> said = new(StringComparer.Ordinal);
        foreach (WalletField field in kind.Fields)
        {
            string? text = field.IsRequired ? body.RequiredString(field.Name, field.MaxLength) : body.OptionalString(field.Name, field.MaxLength);
            if (text is { Length: > 0 } || (text is not null && !field.IsRequired))
                said.Add(field.Name, text);
        }
        int? startIndex = kind.HasIndexes ? body.OptionalInteger("start_index", 0, MaxStartIndex) : null;
        WalletKey? key = kind.Read(network, said, (field, right) => body.Refuse(field, right));
        body.ThrowIfInvalid();
        Wallet wallet = new()
        {
            Network = network.Name,
            Kind = kind.Name,
            Fields = key!.Fields,
            Canonical = key.Canonical,
            Identity = key.Identity,
            EffectiveAt = now,
        };
        return (wallet, startIndex);
    }
}
