using System.Text.RegularExpressions;
using NBitcoin.WalletPolicies;

namespace CoinPay.Chains.Bitcoin;

/// <summary>
/// An account's key as wallets export it: alone, with its origin in front, or in an output descriptor. NBitcoin's own
/// parser reads BIP 388 policies only, which have no <c>/0/*</c> and need an origin; its checksum is used. Sources:
/// BIP 380 (descriptors, checksum), BIP 382 (wpkh), BIP 389 (<c>&lt;0;1&gt;</c>: the first branch is for receiving).
/// </summary>
/// <param name="Origin">In brackets; null if the text has none.</param>
internal sealed partial record WalletExport(string Key, string? Origin)
{
    /// <summary>Descriptors of wallets that do not show native segwit addresses of one key, by BIP 381 to 386.</summary>
    private static readonly Dictionary<string, string> OtherDescriptors = new(StringComparer.Ordinal)
    {
        ["pkh"] = "legacy addresses (BIP 44)",
        ["pk"] = "bare public keys",
        ["sh"] = "script addresses",
        ["wsh"] = "script and multi-signature addresses",
        ["tr"] = "taproot addresses (BIP 86)",
        ["rawtr"] = "taproot addresses",
        ["multi"] = "multi-signature wallets",
        ["sortedmulti"] = "multi-signature wallets",
        ["combo"] = "several kinds of address at once",
        ["addr"] = "one address",
        ["raw"] = "one script",
    };

    /// <summary>Reads an export. The refusal says what is wrong and repeats only what cannot be a key.</summary>
    public static WalletExport? Parse(string text, out string? refusal)
    {
        string trimmed = text.Trim();
        (WalletExport? export, refusal) = trimmed.Contains('(', StringComparison.Ordinal)
            ? ReadDescriptor(trimmed)
            : (ReadKey(trimmed), null);
        return export;
    }

    /// <summary>Whatever is not an origin and a key is left to the reader of keys, which refuses it.</summary>
    private static WalletExport ReadKey(string text)
    {
        int end = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) + 1 : 0;
        return new(text[end..], end == 0 ? null : text[..end]);
    }

    private static (WalletExport? Export, string? Refusal) ReadDescriptor(string text)
    {
        string[] halves = text.Split('#');
        if (halves.Length > 2 || (halves.Length == 2 && halves[1] != Miniscript.GetCheckSum(halves[0])))
            return (null, "The descriptor's checksum (BIP 380) is wrong: a character might be missing or mistyped.");
        string script = halves[0];
        string function = script[..script.IndexOf('(', StringComparison.Ordinal)];
        if (function != "wpkh")
            return (null, RefusalOf(script, function));
        Match match = Inside().Match(script);
        if (!match.Success)
            return (null, "This is not a descriptor such as wpkh([d34db33f/84h/0h/0h]xpub…/0/*).");
        if (!ReceivePath().IsMatch(match.Groups["path"].Value))
            return (null, "The descriptor's path after the key must be /0/* or /<0;1>/*: invoices are paid to the receive addresses, "
                + "at /0/i below the account's key.");
        WalletExport key = ReadKey(match.Groups["key"].Value);
        return (key, null);
    }

    private static string RefusalOf(string script, string function)
    {
        string? use = script.StartsWith("sh(wpkh(", StringComparison.Ordinal)
            ? "wrapped segwit addresses (BIP 49)"
            : OtherDescriptors.GetValueOrDefault(function);
        if (use is null)
            return "This descriptor is not one of BIP 380 to 386. Send wpkh([d34db33f/84h/0h/0h]xpub…/0/*).";
        string name = script.StartsWith("sh(wpkh(", StringComparison.Ordinal) ? "sh(wpkh(…))" : $"{function}(…)";
        return $"{name} is a descriptor for {use}, but invoices are paid to native segwit addresses, wpkh(…) (BIP 84), which that "
            + "wallet would not show. Export a native segwit account.";
    }

    [GeneratedRegex(@"\Awpkh\((?<key>(?:\[[^\]()]*\])?[0-9A-Za-z]+)(?<path>[^()]*)\)\z", RegexOptions.NonBacktracking)]
    private static partial Regex Inside();

    [GeneratedRegex(@"\A/(?:0|<0(?:;[0-9]{1,10})+>)/\*\z", RegexOptions.NonBacktracking)]
    private static partial Regex ReceivePath();
}
