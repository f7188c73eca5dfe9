using System.Text.RegularExpressions;
using CoinPay.Functions.Platform.Secrets;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Acceptance.Infra;

/// <summary>Every setting that the app reads is set by the templates, is a secret of the vault, or may be absent for a reason.</summary>
public sealed partial class SettingsTests
{
    /// <summary>Settings that Azure runs without, and why. <c>*</c> stands for a name in between.</summary>
    private static readonly Dictionary<string, string> Optional = new(StringComparer.OrdinalIgnoreCase)
    {
        ["AzureWebJobsStorage"] = "a connection string, for Azurite: Azure has the account's name and the app's identity",
        ["AzureWebJobsStorage:tableServiceUri"] = "other clouds: the account's name is enough",
        ["AzureWebJobsStorage:blobServiceUri"] = "other clouds: the account's name is enough",
        ["AzureWebJobsStorage:queueServiceUri"] = "other clouds: the account's name is enough",
        ["ASPNETCORE_URLS"] = "where the self-hosted process listens",
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "another collector than Azure Monitor",
        ["OTEL_SERVICE_NAME"] = "another name than the app's",
        ["OTEL_TRACES_SAMPLER"] = "has a default",
        ["URLS"] = "where the self-hosted process listens",
        ["WEBSITE_HOSTNAME"] = "set by the platform",
        ["WEBSITE_INSTANCE_ID"] = "set by the platform",
        ["WEBSITE_SITE_NAME"] = "set by the platform",
        ["CoinPay:GasWalletKey"] = "a secret that the operator adds for flushes",
        ["CoinPay:KeepFinishedInstances"] = "histories are kept for good unless set",
        ["CoinPay:Limits:RequestsPerAddress"] = "has a default",
        ["CoinPay:Limits:RequestsPerKey"] = "has a default",
        ["CoinPay:Networks:*:Confirmations"] = "networks.json has it",
        ["CoinPay:Networks:*:Headers"] = "a secret that the operator adds where a node asks for it",
        ["CoinPay:Networks:*:MaxGasGwei"] = "networks.json has it",
        ["CoinPay:Networks:*:Password"] = "a secret that the operator adds where a node asks for it",
        ["CoinPay:Networks:*:PollInterval"] = "networks.json has it",
        ["CoinPay:Networks:*:Rpc"] = "a network is offered where the deployment names a node (--node)",
        ["CoinPay:Networks:*:Url"] = "a secret that the operator adds where a node's URL holds a key",
        ["CoinPay:Networks:*:User"] = "a secret that the operator adds where a node asks for it",
        ["CoinPay:NetworksFile"] = "networks.json comes with the app",
        ["CoinPay:OperatorKeys:*"] = "a secret that the operator adds for each name",
        ["CoinPay:OperatorNames"] = "nobody has a name unless set",
        ["CoinPay:Rates:*:*"] = "fixed rates, for development",
        ["CoinPay:Rates:Markets"] = "all of them are asked unless set",
        ["CoinPay:TrustedProxies"] = "in Azure the platform's front end is trusted",
        ["CoinPay:WalletDelay"] = "a day unless set",
        ["CoinPay:Webhooks:AllowLoopback"] = "for development; a production start refuses it",
        ["CoinPay:Webhooks:Ports"] = "443 and 8443 unless set",
    };

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public async Task Every_setting_that_the_app_reads_is_set_is_a_secret_of_the_vault_or_is_optional(string environment)
    {
        Template template = await Template.OfAsync(environment);
        HashSet<string> set = [
            .. template.Settings.Select(setting => setting.Key.Replace("__", ":", StringComparison.Ordinal)),
            .. VaultSecrets(template).Select(name => name.Replace("--", ":", StringComparison.Ordinal))];
        string[] unset = [.. SettingNames.ReadByTheApp().Where(name => !set.Contains(name) && !Optional.Keys.Any(optional => Matches(optional, name)))];
        Assert.True(unset.Length == 0, "neither set in infra/app.bicep, nor a secret, nor optional: " + string.Join(", ", unset));
    }

    [Fact]
    public void What_is_said_to_be_optional_of_the_gateways_own_settings_is_read_by_it()
    {
        List<string> read = SettingNames.ReadByTheApp();
        string[] unread = [
            .. Optional.Keys.Where(optional => optional.StartsWith("CoinPay:", StringComparison.Ordinal))
                .Where(optional => !read.Exists(name => Matches(optional, name)))];
        Assert.True(unread.Length == 0, "nobody reads " + string.Join(", ", unread));
    }

    [Fact]
    public void The_search_finds_settings_of_every_kind()
    {
        List<string> read = SettingNames.ReadByTheApp();
        Assert.Contains("CoinPay:KeyVaultUri", read);
        Assert.Contains("CoinPay:Networks:bitcoin_signet:Rpc", read);
        Assert.Contains("PollSchedule", read);
        Assert.Contains(SecretName.OperatorKey, read);
        Assert.Contains("AzureWebJobsStorage:accountName", read);
    }

    [Fact]
    public async Task The_secrets_that_are_made_are_those_without_which_the_gateway_does_not_start()
    {
        IEnumerable<string> made = VaultSecrets(await Template.OfAsync("prod"));
        Assert.Equal(
            new[] { SecretName.KeyPepper, SecretName.OperatorKey, SecretName.SecretsKey }.Select(KeyVaultSecrets.VaultName),
            made.Order(StringComparer.Ordinal));
    }

    private static string[] VaultSecrets(Template template) =>
        [.. Template.Text(template.Compiled["resources"]!["vault"]!["properties"]!["template"]!["variables"]!["requiredSecrets"])
            is { Length: > 0 } table ? VaultName().Matches(table).Select(match => match.Value) : []];

    private static bool Matches(string optional, string name)
    {
        string[] wanted = optional.Split(':'), parts = name.Split(':');
        return wanted.Length == parts.Length
            && wanted.Zip(parts).All(pair => pair.First == "*" || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase)
                // The source says "any" where the running app has asked for a part of its own.
                || pair.Second == "any");
    }

    [GeneratedRegex("CoinPay--[A-Za-z-]+", RegexOptions.NonBacktracking)]
    private static partial Regex VaultName();
}
