using CoinPay.Chains;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Tests.Docs;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace CoinPay.Functions.Tests.Platform;

/// <summary>A setting that nothing reads stops the start, and the list of those that are read is the code's own.</summary>
public sealed class KnownSettingsTests
{
    private const string Section = "CoinPay:";

    [Theory]
    [InlineData("CoinPay:PublcUrl", "CoinPay__PublicUrl")]
    [InlineData("CoinPay:Limits:RequestPerKey", "CoinPay__Limits__RequestsPerKey")]
    [InlineData("CoinPay:Webhooks:Port", "CoinPay__Webhooks__Ports")]
    [InlineData("CoinPay:Webhooks", "CoinPay__Webhooks__Ports")]
    [InlineData("CoinPay:KeyPepper:Previos", "CoinPay__KeyPepper__Previous")]
    [InlineData("CoinPay:Networks:anvil:Rcp", "CoinPay__Networks__anvil__Rpc")]
    [InlineData("CoinPay:Networks:bitcoin_regtest:Confirmation", "CoinPay__Networks__bitcoin_regtest__Confirmations")]
    [InlineData("CoinPay:Rates:MaxAgo", "CoinPay__Rates__MaxAge")]
    [InlineData("CoinPay:Rates:kraken:Uri", "CoinPay__Rates__kraken__Url")]
    [InlineData("CoinPay:WalletDelays", "CoinPay__WalletDelay")]
    [InlineData("CoinPay:TrustedProxies:0", "CoinPay__TrustedProxies")]
    public void A_setting_that_nothing_reads_stops_the_start_and_the_nearest_is_named(string name, string nearest)
    {
        SettingsException refused = Assert.Throws<SettingsException>(() => From((name, "1"), ("CoinPay:OperatorKey", "x")));
        Assert.Contains(name.Replace(":", "__", StringComparison.Ordinal), refused.Message, StringComparison.Ordinal);
        Assert.Contains(nearest + ")", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("OperatorKey", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_in_any_case_and_of_any_network_and_other_sections_are_let_be() => Assert.NotNull(From(
        ("coinpay:publicurl", "https://pay.example"), ("CoinPay:Networks:bitcoin_signet:Password", "x"), ("CoinPay:Rates:EUR:USDT", "1"),
        ("CoinPay:SecretsKey:Previous", "x"), ("CoinPayHost:Anything", "1"), ("COINPAY_TOOLS", "/tools")));

    [Fact]
    public void The_known_settings_are_those_that_the_code_reads()
    {
        string[] read =
        [
            .. Document.ReadByTheApp.Where(name => name.StartsWith(Section, StringComparison.Ordinal)).Select(name => name[Section.Length..]),
        ];
        // The source says "any" for a part that it fills in.
        Assert.DoesNotContain(read, name => !KnownSettings.Names.Any(known => Means(known, name)));
        Assert.DoesNotContain(KnownSettings.Names, known => !read.Any(name => Means(known, name)));
    }

    private static bool Means(string known, string name) =>
        KnownSettings.Matches(known, name)
        || (name.Contains(":any", StringComparison.Ordinal) && known.Split(':').Length == name.Split(':').Length
            && known.Split(':').Zip(name.Split(':')).All(pair => pair.Second == "any" || KnownSettings.Matches(pair.First, pair.Second)));

    private static GatewaySettings From(params (string Name, string Value)[] settings) => GatewaySettings.From(
        new ConfigurationBuilder().AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build());
}
