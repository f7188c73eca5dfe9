using Microsoft.AspNetCore.Http;

namespace CoinPay.Functions.Http;

/// <summary>Reads a query parameter that rows are filtered by.</summary>
internal static class QueryText
{
    /// <summary>
    /// Returns null if the parameter is missing. Throws a 400 problem if it is empty, longer than <paramref name="maxLength"/>,
    /// or has control characters, which no stored text contains and storage rejects in a filter.
    /// </summary>
    public static string? Of(HttpRequest request, string name, int maxLength)
    {
        string? text = request.Query[name];
        return text is null || (text.Length > 0 && TextLength.Of(text) <= maxLength && !text.Any(char.IsControl))
            ? text
            : throw new ProblemException(Problems.InvalidRequest(
                $"{name} must have 1 to {maxLength} characters and no control characters."));
    }
}
