using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace CoinPay.Testing.Servers;

/// <summary>
/// Kraken, Coinbase and CoinGecko on 127.0.0.1, with answers in the shapes of their documentation:
/// https://docs.kraken.com/api-reference/market-data/get-ticker-information,
/// https://docs.cdp.coinbase.com/coinbase-app/track-apis/prices and https://docs.coingecko.com/reference/simple-price.
/// </summary>
internal sealed class MarketServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _asked = new();

    private MarketServer(WebApplication app) => _app = app;

    /// <summary>Each market's response by name: a body to return with 200, or a handler.</summary>
    public ConcurrentDictionary<string, RequestDelegate> Markets { get; } = new(StringComparer.Ordinal);

    /// <summary>Paths and queries, in the order received.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    /// <summary>Settings that point the gateway to this server.</summary>
    public (string Name, string? Value)[] Settings =>
    [
        ("CoinPay:Rates:Source", "public"),
        .. new[] { "kraken", "coinbase", "coingecko" }
            .Select(market => ($"CoinPay:Rates:{market}:Url", (string?)$"{_app.Urls.Single()}/{market}/")),
    ];

    public static async Task<MarketServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        MarketServer server = new(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    public IConfiguration Configuration(params (string Name, string Value)[] more) => new ConfigurationBuilder()
        .AddInMemoryCollection([new("AZURE_FUNCTIONS_ENVIRONMENT", "Development")])
        .AddInMemoryCollection(Settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value)))
        .AddInMemoryCollection(more.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)))
        .Build();

    /// <summary>Makes all three quote the same price for one unit of the asset; <paramref name="at"/> is when CoinGecko last looked.</summary>
    public void SayPrices(string kraken, string coinbase, string coingecko, DateTimeOffset at)
    {
        Say("kraken", KrakenTicker("USDTEUR", kraken, kraken));
        Say("coinbase", CoinbaseSpot(coinbase, "USDT", "EUR"));
        SayCoinGecko(coingecko, at);
    }

    public void SayCoinGecko(string price, DateTimeOffset at) => Say("coingecko", CoinGeckoPrice("tether", "eur", price, at));

    public void Say(string market, string body, int status = StatusCodes.Status200OK) => Markets[market] = async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    };

    public static string KrakenTicker(string pair, string ask, string bid) => $$$$"""
        {"error":[],"result":{"{{{{pair}}}}":{"a":["{{{{ask}}}}","1","1.000"],"b":["{{{{bid}}}}","1","1.000"],
        "c":["0.92641000","0.00080000"],"v":["1920.83610601","7954.00219674"],"p":["0.92389","0.92654"],"t":[23329,80463],
        "l":["0.92513","0.92513"],"h":["0.92219","0.92500"],"o":"0.92280"}}}
        """;

    public static string CoinbaseSpot(string amount, string of, string currency) =>
        $$$"""{"data":{"amount":"{{{amount}}}","base":"{{{of}}}","currency":"{{{currency}}}"}}""";

    public static string CoinGeckoPrice(string id, string currency, string price, DateTimeOffset at) =>
        $"{{\"{id}\":{{\"{currency}\":{price},\"last_updated_at\":{at.ToUnixTimeSeconds()}}}}}";

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        string market = context.Request.Path.Value!.Split('/')[1];
        _asked.Enqueue(context.Request.Path + context.Request.QueryString);
        return Markets[market](context);
    }
}
