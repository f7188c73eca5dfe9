using System.Net;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Functions.Tests.Rates;

/// <summary>A missing rate is worth another try; a currency without one never is.</summary>
public sealed class UnsupportedCurrencyTests
{
    /// <summary>Nobody listens on this port.</summary>
    private const string Nowhere = "http://127.0.0.1:1/";

    [Fact]
    public async Task Only_a_currency_whose_rate_is_missing_for_the_moment_is_to_be_tried_again()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync(
            ("CoinPay:Rates:Source", "public"), ("CoinPay:Rates:kraken:Url", Nowhere), ("CoinPay:Rates:coinbase:Url", Nowhere),
            ("CoinPay:Rates:coingecko:Url", Nowhere));
        (_, string key) = await gateway.MerchantAsync();
        using Api api = new(gateway.Address, key);

        ApiAnswer later = (await CreateAsync(api, "GBP")).ExpectProblem(HttpStatusCode.ServiceUnavailable, "rate_unavailable");
        ApiAnswer never = (await CreateAsync(api, "XYZ")).ExpectProblem(HttpStatusCode.BadRequest, "unsupported_currency");

        Assert.NotNull(later.Headers.RetryAfter);
        Assert.Null(never.Headers.RetryAfter);
        Assert.Contains("USDT, AED, ", never["detail"], StringComparison.Ordinal);
    }

    private static Task<ApiAnswer> CreateAsync(Api api, string currency) => api.PostAsync(
        "/v1/invoices", new { price = new { amount = "10", currency }, network = "anvil", asset = "USDT" });
}
