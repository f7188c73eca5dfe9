namespace CoinPay.Functions.Rates;

/// <summary>The currencies that markets are asked for: those that CoinGecko lists.</summary>
internal static class Currencies
{
    public static IReadOnlyList<string> Known { get; } = (
        "AED ARS AUD BDT BHD BMD BRL CAD CHF CLP CNY CZK DKK EUR GBP GEL HKD HUF IDR ILS INR JPY KRW KWD LKR MMK MXN MYR "
        + "NGN NOK NZD PHP PKR PLN RUB SAR SEK SGD THB TRY TWD UAH USD VND ZAR").Split(' ');
}
