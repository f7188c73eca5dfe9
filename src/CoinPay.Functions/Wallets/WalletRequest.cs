using System.Text.RegularExpressions;
using CoinPay.Chains;
using CoinPay.Chains.Bitcoin;
using CoinPay.Functions.Http;
using Nethereum.Util;

namespace CoinPay.Functions.Wallets;

/// <summary>Reads and checks a wallet for a network.</summary>
internal static partial class WalletRequest
{
    private const int MaxKeyLength = 200;
    private const int MaxOriginLength = 100;
    private const int AddressLength = 42;

    /// <summary>The wallet, or a problem with everything that is wrong. Private material was refused before.</summary>
    public static Wallet Read(RequestBody body, Network network, DateTimeOffset now)
    {
        string kind = body.RequiredString("kind", 20);
        string right = network.Family == NetworkFamily.Evm ? Wallet.ForwarderKind : Wallet.XpubKind;
        if (kind.Length > 0 && kind != right)
            body.Refuse("kind", $"On {network.Name} a wallet is of kind {right}.");
        Wallet wallet = network.Family == NetworkFamily.Evm ? Forwarder(body, network, now) : Xpub(body, network, now);
        body.ThrowIfInvalid();
        return wallet;
    }

    private static Wallet Xpub(RequestBody body, Network network, DateTimeOffset now)
    {
        string text = body.RequiredString("xpub", MaxKeyLength);
        string? origin = body.OptionalString("origin", MaxOriginLength);
        if (origin is not null && !OriginForm().IsMatch(origin))
            body.Refuse("origin", "Master fingerprint and path of the account, such as [d34db33f/84h/0h/0h].");
        string? refusal = null;
        AccountKey? key = text.Length == 0 ? null : AccountKey.Parse(network, text, out refusal);
        if (key is null && text.Length > 0)
            body.Refuse("xpub", refusal ?? "This is not an extended public key.");
        return new()
        {
            Network = network.Name,
            Kind = Wallet.XpubKind,
            Xpub = text,
            Canonical = key?.Canonical,
            Origin = origin,
            EffectiveAt = now,
        };
    }

    private static Wallet Forwarder(RequestBody body, Network network, DateTimeOffset now)
    {
        string address = body.RequiredString("settlement_address", AddressLength);
        if (address.Length > 0 && WrongAddress(address) is { } wrong)
            body.Refuse("settlement_address", wrong);
        else if (address.Length > 0)
            address = AddressUtil.Current.ConvertToChecksumAddress(address);
        return new()
        {
            Network = network.Name,
            Kind = Wallet.ForwarderKind,
            SettlementAddress = address,
            EffectiveAt = now,
        };
    }

    private static string? WrongAddress(string address)
    {
        if (!AddressForm().IsMatch(address))
            return "0x and 40 hex digits.";
        string hex = address[2..];
        bool mixedCase = hex.Any(char.IsAsciiLetterUpper) && hex.Any(char.IsAsciiLetterLower);
        if (mixedCase && !AddressUtil.Current.IsChecksumAddress(address))
            return "The checksum (EIP-55) is wrong: a character is mistyped.";
        return hex.All(digit => digit == '0') ? "The zero address belongs to nobody." : null;
    }

    [GeneratedRegex(@"\A0x[0-9a-fA-F]{40}\z", RegexOptions.NonBacktracking)]
    private static partial Regex AddressForm();

    // BIP-380: fingerprint of the master key and hardened steps to the account.
    [GeneratedRegex(@"\A\[[0-9a-fA-F]{8}(?:/[0-9]{1,10}[h'H]?){0,10}\]\z", RegexOptions.NonBacktracking)]
    private static partial Regex OriginForm();
}
