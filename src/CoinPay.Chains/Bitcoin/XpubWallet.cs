using System.Text.RegularExpressions;
using CoinPay.Core;

namespace CoinPay.Chains.Bitcoin;

/// <summary>The extended public key of a merchant's account: invoice i is paid to its address <c>/0/i</c> (BIP-32, BIP-84).</summary>
public sealed partial class XpubWallet : IWalletKind
{
    private const string Xpub = "xpub";
    private const string Origin = "origin";
    private const int MaxKeyLength = 200;
    private const int MaxOriginLength = 100;

    public string Name => "xpub";

    public IReadOnlyList<WalletField> Fields { get; } = [new(Xpub, MaxKeyLength), new(Origin, MaxOriginLength, IsRequired: false)];

    public bool HasIndexes => true;

    public WalletKey? Read(Network network, IReadOnlyDictionary<string, string> said, Action<string, string> refuse)
    {
        string? origin = said.GetValueOrDefault(Origin);
        bool isOrigin = origin is null || OriginForm().IsMatch(origin);
        if (!isOrigin)
            refuse(Origin, "The account's master fingerprint and path, such as [d34db33f/84h/0h/0h].");
        if (!said.TryGetValue(Xpub, out string? text))
            return null;
        if (AccountKey.Parse(network, text, out string? refusal) is not { } key)
        {
            refuse(Xpub, refusal ?? "This is not an extended public key.");
            return null;
        }
        return isOrigin ? new(said, key.Canonical, $"{key.Canonical} {origin}") : null;
    }

    public string? DestinationOf(IReadOnlyDictionary<string, string> fields) => null;

    public string? FindLoss(string destination, IReadOnlyList<Network> offered) => null;

    public InvoiceAddress AddressOf(
        Network network, IReadOnlyDictionary<string, string> fields, string invoiceId, long? index)
    {
        AccountKey account = AccountKey.Parse(network, fields[Xpub], out string? refusal) ?? throw new BugException(refusal!);
        long number = index!.Value;
        return new(
            account.AddressAt((uint)number), new XpubDerivation($"/0/{number}", number, account.Fingerprint), account.Canonical);
    }

    // BIP-380: fingerprint of the master key and hardened steps to the account.
    [GeneratedRegex(@"\A\[[0-9a-fA-F]{8}(?:/[0-9]{1,10}[h'H]?){0,10}\]\z", RegexOptions.NonBacktracking)]
    private static partial Regex OriginForm();
}
