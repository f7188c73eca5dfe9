using System.Globalization;
using CoinPay.Chains;
using CoinPay.Functions.Platform;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Functions.Rates;

/// <summary>The source of rates and the limits within which they are trusted, checked once at startup.</summary>
internal sealed record RateSettings
{
    private const string Section = "CoinPay:Rates";
    private const string Public = "public";
    private const string Fixed = "fixed";
    private const decimal DefaultDeviation = 2;
    private const decimal MaxDeviation = 20;
    private static readonly TimeSpan DefaultAge = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ShortestAge = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestAge = TimeSpan.FromHours(1);
    private static readonly IMarket[] All = [new Kraken(), new Coinbase(), new CoinGecko()];

    /// <summary>Whether rates are fixed in settings, on a development machine.</summary>
    public bool IsFixed { get; init; }

    /// <summary>The maximum age of a price, counted from the time its source gives, otherwise from the request.</summary>
    public TimeSpan MaxAge { get; init; } = DefaultAge;

    /// <summary>Prices further than this from the median are left out.</summary>
    public decimal MaxDeviationPercent { get; init; } = DefaultDeviation;

    /// <summary>The markets to ask, and their addresses.</summary>
    public required IReadOnlyList<(IMarket Market, Uri Address)> Markets { get; init; }

    /// <summary>
    /// Reads and checks the settings. Throws <see cref="SettingsException"/>, above all for fixed rates outside development.
    /// </summary>
    public static RateSettings From(IConfiguration configuration)
    {
        bool development = GatewaySettings.IsDevelopmentOf(configuration);
        string? fixedRate = FixedRate(configuration);
        string source = configuration[Section + ":Source"] is { Length: > 0 } set
            ? set
            : development && fixedRate is not null ? Fixed : Public;
        if (source is not (Public or Fixed))
            throw GatewaySettings.Wrong(Section + ":Source", "public or fixed");
        if (!development && (source == Fixed || fixedRate is not null))
            throw new SettingsException(
                $"{fixedRate ?? "CoinPay__Rates__Source=fixed"} is a fixed rate, for AZURE_FUNCTIONS_ENVIRONMENT=Development only: "
                + "remove it and set CoinPay__Rates__Source=public.");
        return new()
        {
            IsFixed = source == Fixed,
            MaxAge = GatewaySettings.Duration(configuration, Section + ":MaxAge", LongestAge) is not { } age ? DefaultAge
                : age >= ShortestAge ? age
                : throw GatewaySettings.Wrong(Section + ":MaxAge", $"a duration from {ShortestAge} to {LongestAge}"),
            MaxDeviationPercent = Deviation(configuration[Section + ":MaxDeviationPercent"]),
            Markets = MarketsOf(configuration, development),
        };
    }

    /// <summary>Returns the first fixed rate, such as <c>CoinPay:Rates:EUR:USDT</c>, by its environment variable's name.</summary>
    private static string? FixedRate(IConfiguration configuration) => (
        from currency in FixedCurrencies(configuration)
        from asset in currency.GetChildren()
        select asset.Path.Replace(":", "__", StringComparison.Ordinal)).FirstOrDefault();

    /// <summary>Returns the sections of currencies that have fixed rates.</summary>
    public static IEnumerable<IConfigurationSection> FixedCurrencies(IConfiguration configuration) =>
        configuration.GetSection(Section).GetChildren().Where(currency => currency.Key.Length == 3);

    private static decimal Deviation(string? text) => text switch
    {
        null or "" => DefaultDeviation,
        _ when decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal percent)
            && percent is > 0 and <= MaxDeviation => percent,
        _ => throw GatewaySettings.Wrong(Section + ":MaxDeviationPercent", $"above 0 and at most {MaxDeviation}"),
    };

    /// <summary>All markets, or those in <c>CoinPay:Rates:Markets</c>; each at its own address unless a setting overrides it.</summary>
    private static List<(IMarket, Uri)> MarketsOf(IConfiguration configuration, bool development)
    {
        const string setting = Section + ":Markets";
        string[] names = configuration[setting] is { Length: > 0 } list
            ? list.Split(',', StringSplitOptions.TrimEntries)
            : [.. All.Select(market => market.Name)];
        return [.. names.Distinct(StringComparer.Ordinal)
            .Select(name => Array.Find(All, market => market.Name == name)
                ?? throw GatewaySettings.Wrong(setting, "a list of " + string.Join(", ", All.Select(market => market.Name))))
            .Select(market => (market, AddressOf(configuration, market, development)))];
    }

    private static Uri AddressOf(IConfiguration configuration, IMarket market, bool development)
    {
        string setting = $"{Section}:{market.Name}:Url";
        if (GatewaySettings.AbsoluteUri(configuration, setting) is not { } address)
            return market.Address;
        bool isRight = (development || address.Scheme == Uri.UriSchemeHttps) && address.AbsolutePath.EndsWith('/');
        return isRight ? address : throw GatewaySettings.Wrong(setting, "an https address with a trailing slash");
    }
}
