using CoinPay.Core;

namespace CoinPay.Chains.Bitcoin;

/// <summary>
/// The extended public key of a merchant's account, alone, with its origin or in a descriptor: invoice i is paid to its
/// address <c>/0/i</c> (BIP 32, BIP 84).
/// </summary>
public sealed class XpubWallet : IWalletKind
{
    private const string Xpub = "xpub";
    private const string Origin = "origin";

    /// <summary>Room for a descriptor of several keys, so that it can be refused by name.</summary>
    private const int MaxKeyLength = 2_000;
    private const int MaxOriginLength = 100;

    public string Name => "xpub";

    public IReadOnlyList<WalletField> Fields { get; } = [new(Xpub, MaxKeyLength), new(Origin, MaxOriginLength, IsRequired: false)];

    public bool HasIndexes => true;

    public WalletKey? Read(Network network, IReadOnlyDictionary<string, string> said, Action<string, string> refuse)
    {
        bool isOrigin = TryReadOrigin(said.GetValueOrDefault(Origin), out KeyOrigin? stated);
        if (!isOrigin)
            refuse(Origin, "The account's master fingerprint and path, such as [d34db33f/84h/0h/0h].");
        if (!said.TryGetValue(Xpub, out string? text))
            return null;
        if (ReadKey(network, text, out KeyOrigin? exported, out string? refusal) is not { } key)
        {
            refuse(Xpub, refusal ?? "This is not an extended public key.");
            return null;
        }
        KeyOrigin? origin = stated ?? exported;
        string? contradiction = exported is not null && stated is not null && exported.ToString() != stated.ToString()
            ? $"The origin is {stated}, but the key comes with {exported}."
            : origin?.FindContradiction(network, key);
        if (contradiction is not null)
            refuse(stated is null ? Xpub : Origin, contradiction);
        return isOrigin && contradiction is null ? Stored(key, origin) : null;
    }

    public string? DestinationOf(IReadOnlyDictionary<string, string> fields) => null;

    public string? FindLoss(string destination, IReadOnlyList<Network> offered) => null;

    public IReadOnlyList<string> AddressesFrom(Network network, IReadOnlyDictionary<string, string> fields, long first, int count)
    {
        AccountKey account = AccountOf(network, fields);
        return [.. Enumerable.Range(0, count).Select(index => account.AddressAt((uint)(first + index)))];
    }

    public InvoiceAddress AddressOf(
        Network network, IReadOnlyDictionary<string, string> fields, string invoiceId, long? index)
    {
        AccountKey account = AccountOf(network, fields);
        long number = index!.Value;
        return new(
            account.AddressAt((uint)number), new XpubDerivation($"/0/{number}", number, account.Fingerprint), account.Canonical);
    }

    private static AccountKey AccountOf(Network network, IReadOnlyDictionary<string, string> fields) =>
        AccountKey.Parse(network, fields[Xpub], out string? refusal) ?? throw new BugException(refusal!);

    private static bool TryReadOrigin(string? text, out KeyOrigin? origin)
    {
        origin = text is null ? null : KeyOrigin.Parse(text);
        return text is null || origin is not null;
    }

    private static AccountKey? ReadKey(Network network, string text, out KeyOrigin? origin, out string? refusal)
    {
        origin = null;
        refusal = PrivateMaterial.Recognise(text) is null ? null : AccountKey.PrivateRefusal;
        if (refusal is not null || WalletExport.Parse(text, out refusal) is not { } export)
            return null;
        if (!TryReadOrigin(export.Origin, out origin))
        {
            refusal = "The origin before the key must be its master fingerprint and path, such as [d34db33f/84h/0h/0h].";
            return null;
        }
        return AccountKey.Parse(network, export.Key, out refusal);
    }

    private static WalletKey Stored(AccountKey key, KeyOrigin? origin)
    {
        Dictionary<string, string> fields = new(StringComparer.Ordinal) { [Xpub] = key.Given };
        if (origin is not null)
            fields.Add(Origin, origin.ToString());
        return new(fields, key.Canonical, $"{key.Canonical} {origin}");
    }
}
