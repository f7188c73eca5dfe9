using System.Globalization;
using CoinPay.Core;
using CoinPay.Functions.Rates;

namespace CoinPay.Simulation.Runtime;

/// <summary>Exchange rates that move, and that are sometimes unknown.</summary>
internal sealed class MovingRates : IRateSource
{
    private static readonly Dictionary<string, decimal> PerEuro = new(StringComparer.Ordinal)
    {
        ["USDT"] = 1.0812m,
        ["ETH"] = 0.00031m,
        ["BTC"] = 0.0000112m,
    };

    private readonly HashSet<(string Symbol, string Value)> _said = [];

    public bool IsUnknown { get; set; }

    /// <summary>The factor by which the rates have moved from their initial values.</summary>
    public decimal Moved { get; set; } = 1;

    public Action<Fault> Struck { get; set; } = static _ => { };

    public bool Said(string symbol, string value) => _said.Contains((symbol, value));

    public IReadOnlyList<string> CurrenciesOf(string symbol) => PerEuro.ContainsKey(symbol) ? ["EUR"] : [];

    public ValueTask<Rate?> FindAsync(string currency, string symbol, DateTimeOffset now, CancellationToken cancellation)
    {
        if (IsUnknown)
        {
            Struck(Fault.NoRate);
            return ValueTask.FromResult<Rate?>(null);
        }
        string value = (PerEuro[symbol] * Moved).ToString(CultureInfo.InvariantCulture);
        _said.Add((symbol, value));
        return ValueTask.FromResult<Rate?>(new(value, $"{currency}/{symbol}", "moving", now));
    }
}
