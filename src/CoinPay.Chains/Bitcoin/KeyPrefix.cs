using System.Buffers.Binary;

namespace CoinPay.Chains.Bitcoin;

/// <summary>
/// The meaning of an extended public key's first four bytes. Source: SLIP-132, "Registered HD version bytes".
/// </summary>
/// <param name="Coin">
/// The only coin that uses it; null if several do: Litecoin wallets also write Bitcoin's prefixes.
/// </param>
/// <param name="Refusal">Why this kind of key cannot be used; null if it can.</param>
internal sealed record KeyPrefix(uint Version, string Name, bool IsMain, string? Coin = null, string? Refusal = null)
{
    private const string Wrapped =
        "This is the key of a wrapped segwit (P2SH) account: its wallet would not see payments to native segwit "
        + "addresses. Export the key of a native segwit (BIP-84) account.";

    private const string Multisig = "This is the key of a multi-signature account: one key alone cannot spend there.";

    private static readonly KeyPrefix[] Known =
    [
        new(0x0488b21e, "xpub", IsMain: true),
        new(0x04b24746, "zpub", IsMain: true),
        new(0x043587cf, "tpub", IsMain: false),
        new(0x045f1cf6, "vpub", IsMain: false),
        new(0x019da462, "Ltub", IsMain: true, "litecoin"),
        new(0x0436f6e1, "ttub", IsMain: false, "litecoin"),
        new(0x049d7cb2, "ypub", IsMain: true, null, Wrapped),
        new(0x044a5262, "upub", IsMain: false, null, Wrapped),
        new(0x01b26ef6, "Mtub", IsMain: true, "litecoin", Wrapped),
        new(0x0295b43f, "Ypub", IsMain: true, null, Multisig),
        new(0x02aa7ed3, "Zpub", IsMain: true, null, Multisig),
        new(0x024289ef, "Upub", IsMain: false, null, Multisig),
        new(0x02575483, "Vpub", IsMain: false, null, Multisig),
    ];

    public static KeyPrefix? Find(ReadOnlySpan<byte> version)
    {
        uint number = BinaryPrimitives.ReadUInt32BigEndian(version);
        return Array.Find(Known, prefix => prefix.Version == number);
    }
}
