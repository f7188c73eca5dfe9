using CoinPay.Chains;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Secrets;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace CoinPay.Functions.Tests.Platform;

public sealed class GatewaySettingsTests
{
    [Fact]
    public void A_changed_wallet_waits_a_day_in_production_and_not_at_all_in_development()
    {
        Assert.Equal(TimeSpan.FromHours(24), From().WalletDelay);
        Assert.Equal(TimeSpan.Zero, From(("AZURE_FUNCTIONS_ENVIRONMENT", "Development")).WalletDelay);
        Assert.Equal(TimeSpan.FromHours(2), From(("CoinPay:WalletDelay", "02:00:00")).WalletDelay);
    }

    [Theory]
    [InlineData("CoinPay:WalletDelay", "24:00:00")]
    [InlineData("CoinPay:WalletDelay", "-00:00:01")]
    [InlineData("CoinPay:WalletDelay", "31.00:00:00")]
    [InlineData("CoinPay:WalletDelay", "soon")]
    [InlineData("CoinPay:KeyVaultUri", "my-vault")]
    [InlineData("CoinPay:PublicUrl", "pay.example")]
    [InlineData("CoinPay:PublicUrl", "http://pay.example")]
    [InlineData("CoinPay:PublicUrl", "https://pay.example/?shop=1")]
    [InlineData("CoinPay:Webhooks:AllowLoopback", "yes")]
    [InlineData("CoinPay:Webhooks:AllowLoopback", "true")]
    [InlineData("CoinPay:Limits:RequestsPerKey", "-1")]
    [InlineData("CoinPay:Limits:RequestsPerAddress", "many")]
    [InlineData("CoinPay:TrustedProxies", "10.0.0.0/8, proxy.example")]
    [InlineData("CoinPay:Webhooks:Ports", "443,0")]
    [InlineData("CoinPay:Webhooks:Ports", "https")]
    [InlineData("CoinPay:Webhooks:Ports", "70000")]
    [InlineData("CoinPay:KeepFinishedInstances", "a year")]
    public void A_setting_that_makes_no_sense_stops_the_start_and_is_named(string name, string value)
    {
        SettingsException refused = Assert.Throws<SettingsException>(() => From((name, value)));
        Assert.Contains(name.Replace(":", "__", StringComparison.Ordinal), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Forwarded_addresses_are_believed_of_the_platform_and_of_proxies_that_are_named()
    {
        Assert.Empty(From().TrustedProxies);
        Assert.Equal(
            ["127.0.0.1/32", "::1/128"],
            From(("WEBSITE_INSTANCE_ID", "an instance in Azure")).TrustedProxies.Select(proxy => proxy.ToString()));
        Assert.Equal(
            ["10.0.0.0/8", "192.0.2.1/32"],
            From(("CoinPay:TrustedProxies", "10.0.0.0/8, 192.0.2.1")).TrustedProxies.Select(proxy => proxy.ToString()));
    }

    [Fact]
    public void Webhooks_may_go_to_443_and_8443_and_to_the_ports_that_are_added()
    {
        Assert.Equal([443, 8443], From().WebhookPorts.Order());
        Assert.Equal([443, 8443, 9443, 10443], From(("CoinPay:Webhooks:Ports", "9443, 10443")).WebhookPorts.Order());
        Assert.Equal([1, 7071], From(("ASPNETCORE_URLS", "http://+:7071;http://127.0.0.1:1/")).OwnPorts.Order());
    }

    [Theory]
    [InlineData("CoinPay:Networks:bitcoin_regtest:Password", "CoinPay--Networks--bitcoin-regtest--Password")]
    [InlineData("CoinPay:OperatorKey", "CoinPay--OperatorKey")]
    public void A_secret_has_a_name_that_Key_Vault_takes(string name, string vaultName) =>
        Assert.Equal(vaultName, KeyVaultSecrets.VaultName(name));

    private static GatewaySettings From(params (string Name, string Value)[] settings) => GatewaySettings.From(
        new ConfigurationBuilder().AddInMemoryCollection(
            settings.ToDictionary(pair => pair.Name, pair => (string?)pair.Value)).Build());
}
