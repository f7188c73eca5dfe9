using CoinPay.Core;

namespace CoinPay.Chains;

/// <summary>
/// A way for a merchant to say where its money goes, and the rule that derives an invoice's address from it.
/// </summary>
public interface IWalletKind
{
    /// <summary><c>xpub</c>, <c>forwarder</c>.</summary>
    string Name { get; }

    /// <summary>The fields that the merchant provides; never a private key.</summary>
    IReadOnlyList<WalletField> Fields { get; }

    /// <summary>Whether each address has its own number, counted per key.</summary>
    bool HasIndexes { get; }

    /// <summary>
    /// Reads the merchant's fields. Returns null if something is wrong, after passing it to <paramref name="refuse"/>.
    /// </summary>
    /// <param name="network">The wallet's network.</param>
    /// <param name="said">The given fields; each is within its maximum length.</param>
    /// <param name="refuse">Receives the name of a field and what would be valid.</param>
    WalletKey? Read(Network network, IReadOnlyDictionary<string, string> said, Action<string, string> refuse);

    /// <summary>Returns the one address at which all money ends up; null if each invoice has its own.</summary>
    string? DestinationOf(IReadOnlyDictionary<string, string> fields);

    /// <summary>
    /// Says what makes money at a destination lost, in a sentence, as far as no node is needed to know it; otherwise null.
    /// </summary>
    /// <param name="destination">What <see cref="DestinationOf"/> returned.</param>
    /// <param name="offered">All networks that this gateway offers.</param>
    string? FindLoss(string destination, IReadOnlyList<Network> offered);

    /// <summary>
    /// Returns the addresses with the numbers from <paramref name="first"/> on; none if an address depends on its invoice.
    /// </summary>
    IReadOnlyList<string> AddressesFrom(Network network, IReadOnlyDictionary<string, string> fields, long first, int count);

    /// <summary>Returns the address of one invoice.</summary>
    /// <param name="network">The network.</param>
    /// <param name="fields">The fields that <see cref="Read"/> returned.</param>
    /// <param name="invoiceId">The invoice's id.</param>
    /// <param name="index">The address's number, if the kind has indexes.</param>
    InvoiceAddress AddressOf(Network network, IReadOnlyDictionary<string, string> fields, string invoiceId, long? index);
}

/// <summary>One field of a wallet that the merchant provides.</summary>
public sealed record WalletField(string Name, int MaxLength, bool IsRequired = true);

/// <summary>A wallet that was read.</summary>
/// <param name="Fields">The merchant's fields as they are stored.</param>
/// <param name="Canonical">
/// Equal for every way to write the key; addresses are counted and the key is claimed under it. Null if nothing is
/// counted.
/// </param>
/// <param name="Identity">
/// Two wallets of a kind with the same identity pay to the same place and describe it in the same way.
/// </param>
public sealed record WalletKey(IReadOnlyDictionary<string, string> Fields, string? Canonical, string Identity);

/// <summary>An address for one invoice that only the merchant controls.</summary>
/// <param name="Address">The address as the payer sees it.</param>
/// <param name="Derivation">How anyone can recompute it.</param>
/// <param name="Destination">Where the money ends up: the merchant's own address or account.</param>
public sealed record InvoiceAddress(string Address, Derivation Derivation, string Destination);
