using System.Numerics;

namespace CoinPay.Core;

/// <summary>
/// A ledger line: moves base units of one asset from one account to another, so that every line, and with it every
/// event, balances to zero. A line is never changed; another line reverses it.
/// </summary>
public sealed record Posting(string Source, string Destination, string AssetId, BigInteger Amount);

/// <summary>Account names. The world's balance is minus all that came in; the others are never negative.</summary>
public static class Account
{
    public static string World(string network) => "world:" + network;

    public static string Invoice(string invoiceId) => "invoice:" + invoiceId;

    public static string Available(string merchantId) => $"merchant:{merchantId}:available";

    public static string Overpaid(string merchantId) => $"merchant:{merchantId}:overpaid";

    /// <summary>Money at one of the merchant's own addresses.</summary>
    public static string Settled(string merchantId) => $"merchant:{merchantId}:settled";

    /// <summary>Confirmed money that was not due: in another asset, on another network, or ambiguous.</summary>
    public static string Refundable(string merchantId) => $"merchant:{merchantId}:refundable";
}
