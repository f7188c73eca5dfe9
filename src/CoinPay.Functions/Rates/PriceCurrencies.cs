using CoinPay.Chains;
using CoinPay.Functions.Http;

namespace CoinPay.Functions.Rates;

/// <summary>
/// What prices can be in: a currency with a rate to the asset that is paid, or that asset itself. Anything else is refused for
/// good (400), unlike a rate that is missing for the moment (503).
/// </summary>
internal sealed class PriceCurrencies(Networks networks, IRateSource rates)
{
    /// <summary>
    /// Returns a price's currency by its own name, whatever the case it was written in; or refuses <c>currency</c>, names what is
    /// offered, and returns null.
    /// </summary>
    public string? Read(RequestBody price, string currency, Network network, NetworkAsset asset)
    {
        if (Networks.NameOf(network, asset, currency) is { } itself)
            return itself;
        string symbol = asset.Asset.Symbol;
        IReadOnlyList<string> offered = rates.CurrenciesOf(symbol);
        if (Find(offered, currency) is { } known)
            return known;
        Refuse(price, "currency", $"Not offered for payments in {symbol}.", [symbol, .. offered]);
        return null;
    }

    /// <summary>The same for a setting, which may name any currency or asset that is offered on some network.</summary>
    public string? ReadAny(RequestBody body, string field, string currency)
    {
        (Network Network, NetworkAsset Asset)[] assets =
            [.. networks.All.SelectMany(network => network.Assets.Select(asset => (network, asset)))];
        string[] symbols = [.. assets.Select(listed => listed.Asset.Asset.Symbol).Distinct(StringComparer.Ordinal)];
        string[] offered = [.. symbols.SelectMany(rates.CurrenciesOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        string? name = Find(offered, currency)
            ?? assets.Select(listed => Networks.NameOf(listed.Network, listed.Asset, currency)).FirstOrDefault(found => found is not null);
        if (name is not null)
            return name;
        Refuse(body, field, "Not offered.", [.. symbols, .. offered]);
        return null;
    }

    private static string? Find(IEnumerable<string> offered, string currency) =>
        offered.FirstOrDefault(one => one.Equals(currency, StringComparison.OrdinalIgnoreCase));

    private static void Refuse(RequestBody body, string field, string why, IEnumerable<string> offered) =>
        body.Refuse(field, $"{why} Offered: {string.Join(", ", offered)}.", Problems.UnsupportedCurrencyCode);
}
