using CoinPay.Core;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Functions.Rates;

/// <summary>A source of exchange rates.</summary>
internal interface IRateSource
{
    /// <summary>Returns the number of units of the asset per unit of the currency, or null if no rate is available now.</summary>
    ValueTask<Rate?> FindAsync(string currency, string symbol, DateTimeOffset now, CancellationToken cancellation);
}

/// <summary>Fixed rates from configuration, for development: <c>CoinPay:Rates:EUR:USDT = 1.0812</c>.</summary>
internal sealed class FixedRates(IConfiguration configuration) : IRateSource
{
    public ValueTask<Rate?> FindAsync(string currency, string symbol, DateTimeOffset now, CancellationToken cancellation)
    {
        string? value = configuration[$"CoinPay:Rates:{currency}:{symbol}"];
        bool isUsable = value is not null && DecimalText.Read(value) is { Unscaled.Sign: > 0 };
        return ValueTask.FromResult(isUsable ? new Rate(value!, $"{currency}/{symbol}", "fixed", now) : null);
    }
}
