using CoinPay.Core;
using NBitcoin;
using NBitcoin.DataEncoders;
using NBitcoin.WalletPolicies;

namespace CoinPay.Chains.Bitcoin;

/// <summary>
/// A merchant's Bitcoin-family account key. It is public: it can derive addresses but spend nothing. Invoice i is paid
/// to the P2WPKH address of <c>/0/i</c> below it. Sources: BIP-32, BIP-84; SLIP-132 for the prefixes.
/// </summary>
public sealed class AccountKey
{
    private const int VersionLength = 4;
    private const int SerializedLength = 78;
    private readonly NBitcoin.Network _addresses;
    private readonly ExtPubKey _account;
    private readonly ExtPubKey _receive;

    private AccountKey(NBitcoin.Network addresses, ExtPubKey account, string given)
    {
        Given = given;
        _addresses = addresses;
        _account = account;
        _receive = account.Derive(0);
    }

    /// <summary>What a text with anything private in it is refused with.</summary>
    internal const string PrivateRefusal =
        "This could be a private key, and it is no longer secret. Send the account's extended public key instead.";

    /// <summary>The key as it was given, with its own prefix.</summary>
    public string Given { get; }

    /// <summary>The number of steps below the master key, as the key says (BIP 32).</summary>
    public int Depth => _account.Depth;

    /// <summary>The key's own child number, as the key says; hardened ones from 2^31.</summary>
    public uint ChildNumber => _account.Child;

    /// <summary>The fingerprint of the key above, as the key says, eight hex digits.</summary>
    public string ParentFingerprint => _account.ParentFingerprint.ToString();

    /// <summary>The key as <c>xpub…</c> or <c>tpub…</c>, regardless of its original prefix.</summary>
    public string Text => _account.ToString(_addresses);

    /// <summary>
    /// Equal for all texts that derive the same addresses: those depend only on public key and chain code, so depth,
    /// parent and index are zeroed.
    /// </summary>
    public string Canonical => new ExtPubKey(_account.PubKey, _account.ChainCode).ToString(_addresses);

    /// <summary>The account key's BIP-32 fingerprint, eight hex digits.</summary>
    public string Fingerprint => _account.PubKey.GetHDFingerPrint().ToString();

    /// <summary>
    /// Reads an extended public key for a network. The refusal says in one sentence what is wrong and never repeats the
    /// text, because it could be a private key.
    /// </summary>
    public static AccountKey? Parse(Network network, string text, out string? refusal)
    {
        string trimmed = text.Trim();
        (AccountKey? key, refusal) = PrivateMaterial.Recognise(trimmed) is null
            ? Read(network, trimmed)
            : (null, PrivateRefusal);
        return key;
    }

    /// <summary>Returns the receive address at an index below 2^31.</summary>
    public string AddressAt(uint index) =>
        _receive.Derive(index).PubKey.GetAddress(ScriptPubKeyType.Segwit, _addresses).ToString();

    /// <summary>
    /// Returns the output descriptor that any wallet can import to see the same addresses (BIP-380, BIP-382).
    /// </summary>
    /// <param name="origin">The key's origin: <c>[d34db33f/84h/0h/0h]</c>, or nothing.</param>
    public string Descriptor(string? origin = null) => Miniscript.AddChecksum($"wpkh({origin}{Text}/0/*)");

    private static (AccountKey? Key, string? Refusal) Read(Network network, string text)
    {
        if (Decode(text) is not { } data)
            return (null, "This is not an extended public key: its checksum or some of its characters are wrong.");
        if (KeyPrefix.Find(data.AsSpan(0, VersionLength)) is not { } prefix || data.Length != SerializedLength)
            return (null, "This is not an extended public key: it must start with xpub, zpub, tpub, vpub, Ltub or ttub.");
        if (prefix.Refusal is not null)
            return (null, prefix.Refusal);
        if (prefix.IsMain != BitcoinNetworks.IsMain(network))
        {
            string kind = prefix.IsMain ? "main" : "test";
            return (null, $"This {prefix.Name} is a key of a {kind} chain, and {network.Name} is not.");
        }
        if (prefix.Coin is not null && prefix.Coin != network.Coin)
            return (null, $"This {prefix.Name} is a key of {prefix.Coin}, and {network.Name} is not.");
        try
        {
            return (new AccountKey(BitcoinNetworks.Of(network), new ExtPubKey(data[VersionLength..]), text), null);
        }
        catch (Exception noPoint) when (noPoint is FormatException or InvalidOperationException or ArgumentException)
        {
            return (null, "This extended public key does not contain a valid secp256k1 public key.");
        }
    }

    private static byte[]? Decode(string text)
    {
        try
        {
            return Encoders.Base58Check.DecodeData(text) is { Length: > VersionLength } data ? data : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
