using System.Globalization;
using System.Text.RegularExpressions;

namespace CoinPay.Chains.Bitcoin;

/// <summary>
/// Where an account's key comes from: the master key's fingerprint and the path to the account. Sources: BIP 32, and
/// BIP 380, "Key Expressions".
/// </summary>
/// <param name="Fingerprint">Eight lower-case hex digits.</param>
/// <param name="Path">Child numbers as BIP 32 counts them: hardened ones from 2^31.</param>
internal sealed partial record KeyOrigin(string Fingerprint, IReadOnlyList<uint> Path)
{
    private const uint Hardened = 1u << 31;
    private const uint NativeSegwit = 84;

    /// <summary>Purpose, coin and account. Source: BIP 84, which follows BIP 44.</summary>
    private const int AccountDepth = 3;

    /// <summary>Purposes of accounts whose wallets do not show native segwit addresses of one key.</summary>
    private static readonly Dictionary<uint, string> OtherPurposes = new()
    {
        [44] = "legacy addresses, pkh (BIP 44)",
        [45] = "multi-signature wallets (BIP 45)",
        [48] = "multi-signature wallets (BIP 48)",
        [49] = "wrapped segwit addresses, sh(wpkh) (BIP 49)",
        [86] = "taproot addresses, tr (BIP 86)",
        [87] = "multi-signature wallets (BIP 87)",
    };

    /// <summary>Reads <c>[d34db33f/84h/0h/0h]</c>; h, H and ' mean the same. Null if it is written otherwise.</summary>
    public static KeyOrigin? Parse(string text)
    {
        if (!Form().IsMatch(text))
            return null;
        string[] parts = text.Trim('[', ']').Split('/');
        List<uint> path = [];
        foreach (string step in parts.Skip(1))
        {
            string digits = step.TrimEnd('h', 'H', '\'');
            if (!uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) || number >= Hardened)
                return null;
            path.Add(digits == step ? number : number + Hardened);
        }
        return new(parts[0].ToLowerInvariant(), path);
    }

    /// <summary>The origin in one notation, whichever it was given in.</summary>
    public override string ToString() => $"[{string.Join('/', Path.Select(Text).Prepend(Fingerprint))}]";

    /// <summary>Says how the origin contradicts the key or the network, naming both; null if it does not.</summary>
    public string? FindContradiction(Network network, AccountKey key)
    {
        if (Path.Count > 0 && FindWrongPurpose(network) is { } purpose)
            return purpose;
        if (key.Depth != Path.Count)
            return $"The origin {this} has {Path.Count} steps, but the key says that it is at depth {key.Depth}. "
                + "Send the account's own key with the account's path.";
        if (Path.Count > 0 && key.ChildNumber != Path[^1])
            return $"The origin {this} ends in {Text(Path[^1])}, but the key says that it is child {Text(key.ChildNumber)}: "
                + "key and path are of different accounts.";
        string? master = Path.Count switch { 0 => key.Fingerprint, 1 => key.ParentFingerprint, _ => null };
        return master is null || master == Fingerprint
            ? null
            : $"The origin's master fingerprint is {Fingerprint}, but the key's is {master}.";
    }

    private string? FindWrongPurpose(Network network)
    {
        uint purpose = Path[0] % Hardened;
        if (OtherPurposes.TryGetValue(purpose, out string? use))
            return $"The origin {this} has purpose {Text(Path[0])}, that of {use}, but invoices are paid to native segwit addresses, "
                + "wpkh (BIP 84, purpose 84h), which that wallet would not show. Send the key of a native segwit account.";
        if (purpose != NativeSegwit)
            return null;
        if (Path.Count != AccountDepth || Path.Any(step => step < Hardened))
            return $"The origin {this} is not an account's: BIP 84 accounts are at 84h/coin h/account h, and addresses at /0/i below.";
        uint coin = BitcoinNetworks.CoinTypeOf(network);
        return Path[1] == coin + Hardened
            ? null
            : $"The origin {this} is of coin {Text(Path[1])}, but the coin of {network.Name} is {coin}h (SLIP-44).";
    }

    private static string Text(uint step) => step >= Hardened ? $"{step - Hardened}h" : $"{step}";

    [GeneratedRegex(@"\A\[[0-9a-fA-F]{8}(?:/[0-9]{1,10}[h'H]?){0,10}\]\z", RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
