using CoinPay.Core;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Functions.Rates;

/// <summary>Where exchange rates come from.</summary>
internal interface IRateSource
{
    /// <summary>Units of the asset for one unit of the currency, or null when nobody can say right now.</summary>
    ValueTask<Rate?> FindAsync(string currency, string symbol, DateTimeOffset now, CancellationToken cancellation);
}

/// <summary>Rates written down in configuration, for development: <c>CoinPay:Rates:EUR:USDT = 1.0812</c>.</summary>
internal sealed class FixedRates(IConfiguration configuration) : IRateSource
{
    public ValueTask<Rate?> FindAsync(string currency, string symbol, DateTimeOffset now, CancellationToken cancellation)
    {
        string? value = configuration[$"CoinPay:Rates:{currency}:{symbol}"];
        bool isUsable = value is not null && DecimalText.Read(value) is { Unscaled.Sign: > 0 };
        return ValueTask.FromResult(isUsable ? new Rate(value!, $"{currency}/{symbol}", "fixed", now) : null);
    }
}
