using CoinPay.Core;

namespace CoinPay.Chains;

/// <summary>A way in which a merchant says where its money goes, and how an invoice's address follows from that.</summary>
public interface IWalletKind
{
    /// <summary><c>xpub</c>, <c>forwarder</c>.</summary>
    string Name { get; }

    /// <summary>What the merchant has to say; a private key is never among it.</summary>
    IReadOnlyList<WalletField> Fields { get; }

    /// <summary>Whether each address has a number of its own, counted for each key.</summary>
    bool HasIndexes { get; }

    /// <summary>Reads what a merchant said: null when something is wrong, and then <paramref name="refuse"/> has heard of it.</summary>
    /// <param name="network">The network it is for.</param>
    /// <param name="said">The fields that were given; each is no longer than it may be.</param>
    /// <param name="refuse">Takes the name of a field and what would be right.</param>
    WalletKey? Read(Network network, IReadOnlyDictionary<string, string> said, Action<string, string> refuse);

    /// <summary>The address of one invoice.</summary>
    /// <param name="network">The network.</param>
    /// <param name="fields">As <see cref="Read"/> answered them.</param>
    /// <param name="invoiceId">Whose address it is.</param>
    /// <param name="index">Its number, where the kind has them.</param>
    InvoiceAddress AddressOf(Network network, IReadOnlyDictionary<string, string> fields, string invoiceId, long? index);
}

/// <summary>One thing that a merchant says of a wallet.</summary>
public sealed record WalletField(string Name, int MaxLength, bool IsRequired = true);

/// <summary>A wallet that was read.</summary>
/// <param name="Fields">What is kept of what the merchant said.</param>
/// <param name="Canonical">
/// The same for every way to write the key; what it counts addresses and is claimed under. Null where nothing is counted.
/// </param>
/// <param name="Identity">Two wallets of a kind with the same identity pay to the same place, and say the same of it.</param>
public sealed record WalletKey(IReadOnlyDictionary<string, string> Fields, string? Canonical, string Identity);

/// <summary>An address for one invoice that only the merchant controls.</summary>
/// <param name="Address">As the payer gets it.</param>
/// <param name="Derivation">How anyone can compute it again.</param>
/// <param name="Destination">Where the money ends up: the merchant's own address or account.</param>
public sealed record InvoiceAddress(string Address, Derivation Derivation, string Destination);
