using CoinPay.Core;
using CoinPay.Functions.Platform;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Functions.Rates;

/// <summary>A source of exchange rates.</summary>
internal interface IRateSource
{
    /// <summary>Returns the currencies, in capitals, that have a rate to the asset, whether or not it is available right now.</summary>
    IReadOnlyList<string> CurrenciesOf(string symbol);

    /// <summary>Returns the number of units of the asset per unit of the currency, or null if no rate is available now.</summary>
    ValueTask<Rate?> FindAsync(string currency, string symbol, DateTimeOffset now, CancellationToken cancellation);
}

/// <summary>Fixed rates from configuration, for development: <c>CoinPay:Rates:EUR:USDT = 1.0812</c>.</summary>
internal sealed class FixedRates : IRateSource
{
    private readonly Dictionary<(string Currency, string Symbol), string> _values = [];

    /// <summary>Throws a <see cref="Chains.SettingsException"/> that names a rate which is not a number above zero.</summary>
    public FixedRates(IConfiguration configuration)
    {
        foreach (IConfigurationSection currency in RateSettings.FixedCurrencies(configuration))
            foreach (IConfigurationSection symbol in currency.GetChildren())
                _values[KeyOf(currency.Key, symbol.Key)] = symbol.Value is { } value && DecimalText.Read(value) is { Unscaled.Sign: > 0 }
                    ? value
                    : throw GatewaySettings.Wrong($"CoinPay:Rates:{currency.Key}:{symbol.Key}", "a number above zero, such as 1.0812");
    }

    public IReadOnlyList<string> CurrenciesOf(string symbol) =>
    [
        .. _values.Keys.Where(pair => pair == KeyOf(pair.Currency, symbol)).Select(pair => pair.Currency).Order(StringComparer.Ordinal),
    ];

    public ValueTask<Rate?> FindAsync(string currency, string symbol, DateTimeOffset now, CancellationToken cancellation) =>
        ValueTask.FromResult(_values.TryGetValue(KeyOf(currency, symbol), out string? value)
            ? new Rate(value, $"{currency}/{symbol}", "fixed", now)
            : null);

    // The environment's names have no case.
    private static (string Currency, string Symbol) KeyOf(string currency, string symbol) =>
        (currency.ToUpperInvariant(), symbol.ToUpperInvariant());
}
