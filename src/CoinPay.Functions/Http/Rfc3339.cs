using System.Globalization;
using System.Text.RegularExpressions;

namespace CoinPay.Functions.Http;

/// <summary>
/// Instants in requests: a full RFC 3339 date, time and offset, so that <c>01/02/2027</c> is never read as the wrong
/// day.
/// </summary>
internal static partial class Rfc3339
{
    public const string Example = "2026-11-23T10:45:00Z";

    /// <summary>Returns null for any other text, and for an instant that does not exist.</summary>
    public static DateTimeOffset? Parse(string text) =>
        Form().IsMatch(text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset at)
            ? at.ToUniversalTime()
            : null;

    // RFC 3339, section 5.6, including the space that its note allows instead of the T.
    [GeneratedRegex(
        @"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})\z",
        RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
