using CoinPay.Chains;
using CoinPay.Functions.Rates;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Testing.Gateway;

/// <summary>The currencies of a gateway whose rates are fixed.</summary>
internal static class TestCurrencies
{
    /// <param name="networks">The networks that are offered.</param>
    /// <param name="pairs">Each such as <c>EUR:USDT</c>; the rate is 1.</param>
    public static PriceCurrencies Of(Networks networks, params string[] pairs) => new(networks, new FixedRates(
        new ConfigurationBuilder().AddInMemoryCollection(
            pairs.Select(pair => KeyValuePair.Create("CoinPay:Rates:" + pair, (string?)"1"))).Build()));
}
