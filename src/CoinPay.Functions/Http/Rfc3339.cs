using System.Globalization;
using System.Text.RegularExpressions;

namespace CoinPay.Functions.Http;

/// <summary>
/// Instants as requests write them: date, time and offset of RFC 3339 and nothing less, so that no <c>01/02/2027</c> is
/// taken for a day that was not meant.
/// </summary>
internal static partial class Rfc3339
{
    public const string Example = "2026-11-23T10:45:00Z";

    /// <summary>Null for any other text, and for an instant that does not exist.</summary>
    public static DateTimeOffset? Parse(string text) =>
        Form().IsMatch(text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset at)
            ? at.ToUniversalTime()
            : null;

    // RFC 3339, section 5.6, with the space that its note allows.
    [GeneratedRegex(
        @"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})\z",
        RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
