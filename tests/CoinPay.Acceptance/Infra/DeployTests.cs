using System.Text.Json.Nodes;
using CoinPay.Acceptance.Scripts;
using CoinPay.Functions.Platform.Secrets;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Servers;
using Xunit;

namespace CoinPay.Acceptance.Infra;

/// <summary>
/// <c>scripts/deploy.sh</c> with programs in place of az, dotnet and curl that record how they were called. Whether Azure does
/// what az is told can be seen on Azure only.
/// </summary>
public sealed class DeployTests : IDisposable
{
    /// <summary>In their order.</summary>
    private static readonly string[] Steps =
    [
        "dotnet publish", "dotnet msbuild", "deployment group what-if", "deployment group create", "rest --method put",
        "functionapp deployment source config-zip",
    ];

    private readonly RecordedPrograms _programs = new();

    public void Dispose() => _programs.Dispose();

    [Fact]
    public async Task It_publishes_the_app_as_it_is_shows_what_changes_and_deploys_infrastructure_secrets_and_code_in_turn()
    {
        (int code, string printed) = await DeployAsync(
            [], "dev", "rg", "--location", "westeurope", "--node", "bitcoin-signet=https://node.example/rpc", "--yes");

        Assert.True(code == 0, printed);
        Assert.EndsWith("The gateway is at https://gateway.example\n", printed, StringComparison.Ordinal);
        string[] calls = (await _programs.CallsAsync()).Split('\n');
        Assert.Equal(Steps, Steps.OrderBy(step => Array.FindIndex(calls, call => call.Contains(step, StringComparison.Ordinal))));
        string publish = calls.Single(call => call.StartsWith(Steps[0], StringComparison.Ordinal));
        Assert.StartsWith("dotnet publish src/CoinPay.Functions --configuration Release --output ", publish, StringComparison.Ordinal);
        Assert.DoesNotContain("-p:", publish, StringComparison.Ordinal);
        Assert.Contains("""what-if with {"bitcoin-signet":"https://node.example/rpc"}""", calls);
    }

    [Fact]
    public async Task A_secret_that_is_missing_is_made_goes_through_a_pipe_and_is_not_shown_and_one_that_is_there_is_kept()
    {
        (int code, string printed) = await DeployAsync([], "dev", "rg", "--yes");

        Assert.True(code == 0, printed);
        Assert.Contains("CoinPay--OperatorKey: kept", printed, StringComparison.Ordinal);
        Assert.Contains("CoinPay--SecretsKey: made", printed, StringComparison.Ordinal);
        string calls = await _programs.CallsAsync();
        Assert.Contains("--url /subscriptions/s/vaults/vault-1/secrets/CoinPay--SecretsKey?", calls, StringComparison.Ordinal);
        string secret = JsonNode.Parse(await _programs.SecretAsync())!["properties"]!["value"]!.GetValue<string>();
        Assert.Equal(SecretBox.KeyBytes, Convert.FromBase64String(secret).Length);
        Assert.DoesNotContain(secret, printed + calls, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_cannot_be_looked_up_is_not_written_over_and_no_code_is_deployed()
    {
        (int code, string printed) = await DeployAsync([("OPERATOR_KEY", "1")], "prod", "rg", "--yes");

        Assert.NotEqual(0, code);
        Assert.Contains("could not tell whether it is there", printed, StringComparison.Ordinal);
        string calls = await _programs.CallsAsync();
        Assert.DoesNotContain("rest --method put", calls, StringComparison.Ordinal);
        Assert.DoesNotContain("config-zip", calls, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing was deployed", "", "")]
    [InlineData("nothing was deployed", "", "", "--location", "westeurope")]
    [InlineData("not logged in", "LOGGED_IN", "1", "--yes")]
    [InlineData("use --location", "GROUP_EXISTS", "false", "--yes")]
    [InlineData("NETWORK=URL", "", "", "--node", "https://node.example")]
    public async Task Without_consent_login_or_what_it_needs_nothing_is_deployed(string says, string name, string value, params string[] options)
    {
        (int code, string printed) = await DeployAsync([(name, value)], ["dev", "rg", .. options]);

        Assert.NotEqual(0, code);
        Assert.Contains(says, printed, StringComparison.Ordinal);
        Assert.DoesNotContain("group create", await _programs.CallsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_prints_the_commands_and_calls_nothing()
    {
        (int code, string printed) = await DeployAsync([], "prod", "rg", "--location", "westeurope", "--dry-run");

        Assert.True(code == 0, printed);
        Assert.All(
            ["+ az group create", "what-if", "main.prod.bicepparam", "config-zip", "make-secrets.sh", "smoke.sh"],
            step => Assert.Contains(step, printed, StringComparison.Ordinal));
        Assert.Empty(await _programs.CallsAsync());
    }

    [Fact]
    public async Task A_package_that_is_not_whole_stops_the_deployment_before_anything_is_changed()
    {
        (int code, string printed) = await DeployAsync([("PUBLISHED", "CoinPay.Functions.dll")], "dev", "rg", "--yes");

        Assert.NotEqual(0, code);
        Assert.Contains("publish: ", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("az deployment", await _programs.CallsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_that_is_refused_while_the_apps_role_is_new_is_deployed_once_more()
    {
        await _programs.RefuseOnceAsync();
        (int code, string printed) = await DeployAsync([], "dev", "rg", "--yes");

        Assert.True(code == 0, printed);
        Assert.Equal(2, (await _programs.CallsAsync()).Split('\n').Count(call => call.Contains("config-zip", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_smoke_test_knows_a_gateway_and_something_else()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        (int code, string printed) = await RepositoryScript.RunAsync([], "scripts/tools/smoke.sh", gateway.Address.ToString());
        Assert.True(code == 0, printed);
        await using WebhookReceiver other = await WebhookReceiver.StartAsync();
        (code, printed) = await RepositoryScript.RunAsync([("COINPAY_SMOKE_TRIES", "1")], "scripts/tools/smoke.sh", other.Address.ToString());
        Assert.NotEqual(0, code);
        Assert.Contains("smoke: ", printed, StringComparison.Ordinal);
    }

    private Task<(int Code, string Printed)> DeployAsync((string, string)[] environment, params string[] arguments) =>
        _programs.RunAsync(environment, ["scripts/deploy.sh", .. arguments]);
}
