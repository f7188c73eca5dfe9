namespace CoinPay.Core;

/// <summary>What one source of rates answered, and what became of it.</summary>
/// <param name="Source">Who: <c>kraken</c>.</param>
/// <param name="Price">What one of the asset costs in the currency, as decimal text; null without a usable answer.</param>
/// <param name="At">When the price held, as the source says; else when it was asked.</param>
/// <param name="Used">Whether the rate was made of it.</param>
/// <param name="LeftOut">Why not, one of the codes of <see cref="MarketRate"/>; null when it was used.</param>
public sealed record RateAnswer(string Source, string? Price, DateTimeOffset At, bool Used, string? LeftOut);

/// <summary>How a rate is made of what several sources answer.</summary>
public static class MarketRate
{
    /// <summary>
    /// Where several sources are configured, one alone makes no rate: it may be wrong, or in other hands, and nothing
    /// would show it.
    /// </summary>
    public const int MinAgreeing = 2;

    /// <summary>Nothing came in time, or an HTTP error.</summary>
    public const string NoAnswer = "no_answer";

    /// <summary>Something came that is no price of this pair.</summary>
    public const string Unusable = "unusable";

    /// <summary>The price is older than prices may be.</summary>
    public const string Stale = "stale";

    /// <summary>The price is too far from the median of all.</summary>
    public const string Strays = "strays";

    /// <summary>A rate is written to so many digits: far finer than markets know it, short enough to be read.</summary>
    private const int RateDigits = 12;

    /// <summary>
    /// Marks each answer as used or left out. Of those with a price the median is taken; what strays from it by more than
    /// <paramref name="maxDeviationPercent"/> is left out.
    /// </summary>
    /// <param name="answers">One of each configured source, with a price or with why there is none.</param>
    /// <param name="maxDeviationPercent">How far an answer may be from the median of all.</param>
    /// <returns>The median of those used, or null when too few are; and all answers.</returns>
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

    /// <summary>The rate of a price: units of the asset for one of the currency.</summary>
    /// <param name="price">What one of the asset costs in the currency, above zero.</param>
    /// <param name="answers">What it was made of; the sources used are named in <see cref="Rate.Source"/>.</param>
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
