using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Functions.Settings;

/// <summary>The gateway's own settings, checked once when it starts.</summary>
internal sealed record GatewaySettings
{
    private static readonly TimeSpan ProductionWalletDelay = TimeSpan.FromHours(24);
    private static readonly TimeSpan LongestWalletDelay = TimeSpan.FromDays(30);

    /// <summary>A development machine: http to loopback and play money are allowed.</summary>
    public required bool IsDevelopment { get; init; }

    /// <summary>Key Vault with the secrets; null: they are in configuration.</summary>
    public Uri? KeyVaultUri { get; init; }

    /// <summary>Where payers reach this gateway, for links to its pages; null when it does not know.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Webhook endpoints may be on 127.0.0.1 and may be http there. Development only.</summary>
    public bool WebhooksAllowLoopback { get; init; }

    /// <summary>How long a changed wallet waits before payments go to it.</summary>
    public required TimeSpan WalletDelay { get; init; }

    /// <summary>Reads and checks; throws <see cref="SettingsException"/> that says what to set and how.</summary>
    public static GatewaySettings From(IConfiguration configuration)
    {
        bool development = string.Equals(
            configuration["AZURE_FUNCTIONS_ENVIRONMENT"], "Development", StringComparison.OrdinalIgnoreCase);
        bool loopback = Boolean(configuration, "CoinPay:Webhooks:AllowLoopback");
        if (loopback && !development)
            throw new SettingsException(
                "CoinPay__Webhooks__AllowLoopback is for AZURE_FUNCTIONS_ENVIRONMENT=Development only.");
        return new()
        {
            IsDevelopment = development,
            KeyVaultUri = AbsoluteUri(configuration, "CoinPay:KeyVaultUri"),
            PublicUrl = PublicUrlOf(configuration, development),
            WebhooksAllowLoopback = loopback,
            WalletDelay = Duration(configuration, "CoinPay:WalletDelay", LongestWalletDelay)
                ?? (development ? TimeSpan.Zero : ProductionWalletDelay),
        };
    }

    private static bool Boolean(IConfiguration configuration, string name) => configuration[name] switch
    {
        null or "" => false,
        string text when bool.TryParse(text, out bool value) => value,
        _ => throw Wrong(name, "true or false"),
    };

    private static Uri? AbsoluteUri(IConfiguration configuration, string name) => configuration[name] switch
    {
        null or "" => null,
        string text when Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "https" or "http" => uri,
        _ => throw Wrong(name, "an https address"),
    };

    /// <summary>A page that says where to send money is not served over http, where anyone on the way can change it.</summary>
    private static Uri? PublicUrlOf(IConfiguration configuration, bool development)
    {
        const string name = "CoinPay:PublicUrl";
        Uri? url = AbsoluteUri(configuration, name);
        bool isRight = url is null || ((development || url.Scheme == "https") && (url.Query + url.Fragment + url.UserInfo).Length == 0);
        return isRight ? url : throw Wrong(name, "an https address such as https://pay.example, without query");
    }

    private static TimeSpan? Duration(IConfiguration from, string name, TimeSpan most) => from[name] switch
    {
        null or "" => null,
        // Exactly: a lenient reader takes 24:00:00 for 24 days.
        string text when TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out TimeSpan span)
            && span >= TimeSpan.Zero && span <= most => span,
        _ => throw Wrong(name, $"a duration such as 1.00:00:00 (a day) or 00:10:00, at most {most.TotalDays} days"),
    };

    private static SettingsException Wrong(string name, string right) =>
        new($"{name.Replace(":", "__", StringComparison.Ordinal)} must be {right}.");
}

/// <summary>The gateway cannot start, or do what was asked, with its settings as they are.</summary>
internal sealed class SettingsException(string message) : Exception(message);
