using System.Numerics;

namespace CoinPay.Core;

/// <summary>
/// A line of the ledger: so many base units of one asset move from one account to another, so that every line, and with
/// it every event, balances to zero. A line is never changed; what it did is undone by another.
/// </summary>
public sealed record Posting(string Source, string Destination, string AssetId, BigInteger Amount);

/// <summary>Names of accounts. The world's is negative by all that came in; the others' are never negative.</summary>
public static class Account
{
    public static string World(string network) => "world:" + network;

    public static string Invoice(string invoiceId) => "invoice:" + invoiceId;

    public static string Available(string merchantId) => $"merchant:{merchantId}:available";

    public static string Overpaid(string merchantId) => $"merchant:{merchantId}:overpaid";

    /// <summary>Money that stands at an address of the merchant's own.</summary>
    public static string Settled(string merchantId) => $"merchant:{merchantId}:settled";

    /// <summary>Confirmed money that nobody asked for: of another asset, on another network, or ambiguous.</summary>
    public static string Refundable(string merchantId) => $"merchant:{merchantId}:refundable";
}
