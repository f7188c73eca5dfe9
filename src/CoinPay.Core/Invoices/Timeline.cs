using System.Security.Cryptography;
using System.Text;

namespace CoinPay.Core;

/// <summary>
/// Chains the events of one invoice: each hash covers the previous hash, the event's number and its stored text, so
/// that nothing can be changed, dropped or inserted later without changing every hash after it.
/// </summary>
public static class Timeline
{
    /// <summary>The hash before the first event.</summary>
    public const string Start = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>SHA-256, as lower-case hex, of <c>previous \n sequence \n text</c> in UTF-8.</summary>
    public static string Hash(string previous, int sequence, string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{previous}\n{sequence}\n{text}")));
}
