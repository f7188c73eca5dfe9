using System.Net;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using CoinPay.Functions.Settings;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Functions.Tests.Settings;

/// <summary>The real client against a stub of the vault's REST API.</summary>
public sealed class KeyVaultSecretsTests : IDisposable
{
    private readonly VaultStub _vault = new();
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task A_secret_is_read_under_its_vault_name_and_remembered_for_five_minutes()
    {
        KeyVaultSecrets secrets = Secrets();
        _vault.Values["CoinPay--OperatorKey"] = "first";
        Assert.Equal("first", await secrets.FindAsync(SecretName.OperatorKey, default));
        _vault.Values["CoinPay--OperatorKey"] = "second";
        Assert.Equal("first", await secrets.FindAsync(SecretName.OperatorKey, default));
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("second", await secrets.FindAsync(SecretName.OperatorKey, default));
    }

    [Fact]
    public async Task A_secret_that_is_not_there_is_null_and_named_when_it_is_needed()
    {
        Assert.Null(await Secrets().FindAsync(SecretName.GasWalletKey, default));
        SettingsException refused = await Assert.ThrowsAsync<SettingsException>(
            async () => await Secrets().GetAsync(SecretName.OfNetwork("bitcoin-regtest", "Password"), default));
        Assert.Contains("CoinPay--Networks--bitcoin-regtest--Password", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_vault_is_away_what_was_known_serves_on()
    {
        KeyVaultSecrets secrets = Secrets();
        _vault.Values["CoinPay--KeyPepper"] = "pepper";
        await secrets.FindAsync(SecretName.KeyPepper, default);
        _vault.IsAway = true;
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("pepper", await secrets.FindAsync(SecretName.KeyPepper, default));
        await Assert.ThrowsAsync<Azure.RequestFailedException>(
            async () => await secrets.FindAsync(SecretName.OperatorKey, default));
    }

    public void Dispose() => _vault.Dispose();

    private KeyVaultSecrets Secrets()
    {
        SecretClientOptions options = new()
        {
            Transport = new HttpClientTransport(_vault),
            DisableChallengeResourceVerification = true,
            Retry = { MaxRetries = 0 },
        };
        return new(new SecretClient(new Uri("https://vault.example"), new StubIdentity(), options), _clock);
    }

    private sealed class VaultStub : HttpMessageHandler
    {
        public Dictionary<string, string> Values { get; } = new(StringComparer.Ordinal);

        public bool IsAway { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(Answer(request));

        private HttpResponseMessage Answer(HttpRequestMessage request)
        {
            if (request.Headers.Authorization is null)
            {
                HttpResponseMessage challenge = new(HttpStatusCode.Unauthorized);
                challenge.Headers.Add(
                    "WWW-Authenticate",
                    "Bearer authorization=\"https://login.example/t\", resource=\"https://vault.example\"");
                return challenge;
            }
            if (IsAway)
                return new(HttpStatusCode.ServiceUnavailable);
            string name = request.RequestUri!.Segments[2].TrimEnd('/');
            return Values.TryGetValue(name, out string? value)
                ? new(HttpStatusCode.OK)
                {
                    Content = new StringContent(
                        $$"""{"value":"{{value}}","id":"https://vault.example/secrets/{{name}}/1"}""", Encoding.UTF8, "application/json"),
                }
                : new(HttpStatusCode.NotFound);
        }
    }

    private sealed class StubIdentity : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new("token", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(
            TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
