using Azure;
using CoinPay.Chains;
using CoinPay.Functions.Platform.Secrets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Functions.Tests.Platform.Secrets;

/// <summary>The real client over HTTPS against a stub of the vault's REST API.</summary>
public sealed class KeyVaultSecretsTests : IAsyncLifetime
{
    private const string OperatorKey = "CoinPay--OperatorKey";
    private readonly FakeTimeProvider _clock = new();
    private VaultServer _vault = null!;
    private KeyVaultSecrets _secrets = null!;

    public async ValueTask InitializeAsync()
    {
        _vault = await VaultServer.StartAsync();
        _vault.Values[OperatorKey] = "first";
        _secrets = new(_vault.Client(), _clock, NullLogger<KeyVaultSecrets>.Instance);
    }

    public ValueTask DisposeAsync() => _vault.DisposeAsync();

    [Fact]
    public async Task A_secret_is_read_under_its_vault_name_and_remembered_for_five_minutes()
    {
        Assert.Equal("first", await FindAsync());
        _vault.Values[OperatorKey] = "second";
        _clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.Equal("first", await FindAsync());
        Assert.Equal([OperatorKey], _vault.Asked);
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal("second", await FindAsync());
    }

    [Fact]
    public async Task The_vaults_challenge_is_answered_with_a_token_for_what_it_names()
    {
        await FindAsync();
        Assert.Equal(1, _vault.Challenges);
        Assert.Equal(["https://vault.azure.net/.default"], _vault.Scopes);
    }

    [Fact]
    public async Task A_secret_that_is_not_there_is_null_and_named_when_it_is_needed()
    {
        Assert.Null(await _secrets.FindAsync(SecretName.GasWalletKey, default));
        SettingsException refused = await Assert.ThrowsAsync<SettingsException>(
            async () => await _secrets.GetAsync(SecretName.OfNetwork("bitcoin-regtest", "Password"), default));
        Assert.Contains("CoinPay--Networks--bitcoin-regtest--Password", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_was_taken_away_is_gone_once_it_is_read_anew()
    {
        await FindAsync();
        _vault.Values.Clear();
        _clock.Advance(KeyVaultSecrets.Memory);
        Assert.Null(await FindAsync());
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_vault_that_stumbles_is_tried_again(int status)
    {
        _vault.Failures.Enqueue(status);
        _vault.Failures.Enqueue(status);
        Assert.Equal("first", await FindAsync());
        Assert.Equal(3, _vault.Asked.Count);
    }

    [Fact]
    public async Task A_vault_that_refuses_is_not_pressed_and_its_refusal_is_told_where_nothing_is_known()
    {
        _vault.Status = 403;
        RequestFailedException refused = await Assert.ThrowsAsync<RequestFailedException>(async () => await FindAsync());
        Assert.Equal(403, refused.Status);
        Assert.Single(_vault.Asked);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(500)]
    public async Task While_the_vault_is_away_what_was_known_serves_on_and_what_it_says_then_counts(int status)
    {
        await FindAsync();
        _vault.Status = status;
        _clock.Advance(KeyVaultSecrets.Memory);
        Assert.Equal("first", await FindAsync());
        int asked = _vault.Asked.Count;
        Assert.Equal("first", await FindAsync());
        Assert.Equal(asked, _vault.Asked.Count);

        (_vault.Status, _vault.Values[OperatorKey]) = (200, "second");
        _clock.Advance(KeyVaultSecrets.AskAgainAfter);
        Assert.Equal("second", await FindAsync());
    }

    [Fact]
    public async Task A_vault_that_cannot_be_reached_is_away_too_and_for_a_day_at_most()
    {
        await FindAsync();
        await _vault.StopAsync();
        _clock.Advance(KeyVaultSecrets.Memory);
        Assert.Equal("first", await FindAsync());
        _clock.Advance(KeyVaultSecrets.LongestWithoutVault - KeyVaultSecrets.Memory);
        await Assert.ThrowsAnyAsync<Exception>(async () => await FindAsync());
    }

    [Fact]
    public async Task A_secret_that_did_not_fit_is_read_anew_and_kept_while_the_vault_is_away()
    {
        await FindAsync();
        _vault.Values[OperatorKey] = "second";
        _secrets.Forget(SecretName.OperatorKey);
        Assert.Equal("second", await FindAsync());
        _vault.Status = 500;
        _secrets.Forget(SecretName.OperatorKey);
        Assert.Equal("second", await FindAsync());
    }

    private ValueTask<string?> FindAsync() => _secrets.FindAsync(SecretName.OperatorKey, default);
}
