using Microsoft.AspNetCore.Http;

namespace CoinPay.Functions.Http;

/// <summary>A text of the query that rows are compared with.</summary>
internal static class QueryText
{
    /// <summary>
    /// Null when it is not there. Throws a 400 problem when it is empty, longer than <paramref name="maxLength"/>, or has
    /// control characters, which no stored text has and storage does not take in a filter.
    /// </summary>
    public static string? Of(HttpRequest request, string name, int maxLength)
    {
        string? text = request.Query[name];
        return text is null || (text.Length > 0 && text.Length <= maxLength && !text.Any(char.IsControl))
            ? text
            : throw new ProblemException(Problems.InvalidRequest(
                $"{name} has 1 to {maxLength} characters, and no control characters."));
    }
}
