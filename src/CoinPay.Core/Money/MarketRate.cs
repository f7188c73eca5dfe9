namespace CoinPay.Core;

/// <summary>What one rate source answered, and whether the answer was used.</summary>
/// <param name="Source">The source's name: <c>kraken</c>.</param>
/// <param name="Price">
/// The price of one unit of the asset in the currency, as decimal text; null without a usable answer.
/// </param>
/// <param name="At">When the price was valid, according to the source; otherwise when it was requested.</param>
/// <param name="Used">Whether the rate was computed from it.</param>
/// <param name="LeftOut">Why not, as one of the codes of <see cref="MarketRate"/>; null if it was used.</param>
public sealed record RateAnswer(string Source, string? Price, DateTimeOffset At, bool Used, string? LeftOut);

/// <summary>Computes a rate from the answers of several sources.</summary>
public static class MarketRate
{
    /// <summary>
    /// If several sources are configured, one alone is not enough: it could be wrong or compromised, and nothing would
    /// show it.
    /// </summary>
    public const int MinAgreeing = 2;

    /// <summary>No answer in time, or an HTTP error.</summary>
    public const string NoAnswer = "no_answer";

    /// <summary>The answer is not a price for this pair.</summary>
    public const string Unusable = "unusable";

    /// <summary>The price is older than allowed.</summary>
    public const string Stale = "stale";

    /// <summary>The price is too far from the median of all prices.</summary>
    public const string Strays = "strays";

    /// <summary>
    /// The number of significant digits of a rate: far finer than markets need, short enough to read.
    /// </summary>
    private const int RateDigits = 12;

    /// <summary>
    /// Marks each answer as used or left out. Takes the median of all prices and leaves out those that deviate from it
    /// by more than <paramref name="maxDeviationPercent"/>.
    /// </summary>
    /// <param name="answers">One per configured source, with a price or the reason why there is none.</param>
    /// <param name="maxDeviationPercent">The maximum deviation of an answer from the median of all.</param>
    /// <returns>The median of the answers used, or null if too few were used; and all answers.</returns>
    public static (string? Price, IReadOnlyList<RateAnswer> Answers) Agree(
        IReadOnlyList<RateAnswer> answers, decimal maxDeviationPercent)
    {
        List<string> prices = [.. answers.Where(answer => answer.LeftOut is null).Select(answer => answer.Price!)];
        if (prices.Count == 0)
            return (null, answers);
        string median = DecimalText.Median(prices);
        List<RateAnswer> judged = [.. answers.Select(answer => Judge(answer, median, maxDeviationPercent))];
        List<string> used = [.. judged.Where(answer => answer.Used).Select(answer => answer.Price!)];
        bool isEnough = used.Count >= Math.Min(MinAgreeing, answers.Count);
        return (isEnough ? DecimalText.Median(used) : null, judged);
    }

    /// <summary>Returns the rate for a price: units of the asset for one unit of the currency.</summary>
    /// <param name="price">The price of one unit of the asset in the currency, above zero.</param>
    /// <param name="answers">
    /// The answers it was computed from; <see cref="Rate.Source"/> names the sources used.
    /// </param>
    /// <param name="currency">The price's currency.</param>
    /// <param name="symbol">The asset's symbol.</param>
    /// <param name="now">When the rate is locked.</param>
    public static Rate Of(
        string price, IReadOnlyList<RateAnswer> answers, string currency, string symbol, DateTimeOffset now) =>
        new(
            DecimalText.Reciprocal(price, RateDigits),
            $"{currency}/{symbol}",
            string.Join('+', answers.Where(answer => answer.Used).Select(answer => answer.Source)),
            now)
        { Answers = answers };

    private static RateAnswer Judge(RateAnswer answer, string median, decimal maxDeviationPercent)
    {
        if (answer.LeftOut is not null)
            return answer;
        bool isNear = DecimalText.IsWithinPercent(answer.Price!, median, maxDeviationPercent);
        return answer with { Used = isNear, LeftOut = isNear ? null : Strays };
    }
}
