using System.Diagnostics;
using System.Text.Json.Nodes;
using CoinPay.Functions.Settings;
using CoinPay.Functions.Tests.World;
using CoinPay.Tests;
using Xunit;

namespace CoinPay.Functions.Tests.Infra;

/// <summary>
/// <c>scripts/deploy.sh</c> with programs in place of az, dotnet and curl that write down how they were called. That Azure does what
/// az is told can be seen on Azure only.
/// </summary>
public sealed class DeployTests : IDisposable
{
    private const string Az = """
        #!/bin/bash
        echo "az $*" >>"$CALLS"
        case "$*" in
          "account show"*) exit "${LOGGED_IN:-0}" ;;
          "group exists"*) echo "${GROUP_EXISTS:-true}" ;;
          *what-if*) echo "what-if with $COINPAY_NODES" >>"$CALLS" ;;
          *outputs.appName*) echo func-1 ;;
          *outputs.gatewayUrl*) echo https://gateway.example ;;
          *outputs.vaultName*) echo vault-1 ;;
          *outputs.requiredSecrets*) echo "CoinPay--OperatorKey CoinPay--SecretsKey" ;;
          "keyvault list"*) echo /subscriptions/s/vaults/vault-1 ;;
          *OperatorKey*) exit "${OPERATOR_KEY:-0}" ;;
          "resource show"*) exit 3 ;;
          "rest --method put"*) cat >"$CALLS.secret" ;;
          *config-zip*) [ ! -e "$CALLS.refuse" ] || { rm "$CALLS.refuse"; exit 1; } ;;
        esac
        """;

    private const string Dotnet = "#!/bin/bash\necho \"dotnet $*\" >>\"$CALLS\"\n";

    private const string Curl = """
        #!/bin/bash
        case "$*" in
          *health*) printf '{"status":"live"}\n200 application/json' ;;
          *openapi*) printf '{"openapi":"3.1.0"}\n200 application/json' ;;
          *) printf '{"code":"not_found"}\n404 application/problem+json' ;;
        esac
        """;

    /// <summary>In their order.</summary>
    private static readonly string[] Steps =
    [
        "dotnet publish", "dotnet msbuild", "deployment group what-if", "deployment group create", "rest --method put",
        "functionapp deployment source config-zip",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("coinpay-deploy-").FullName;

    public DeployTests()
    {
        foreach ((string name, string text) in new[] { ("az", Az), ("dotnet", Dotnet), ("curl", Curl) })
        {
            string path = Path.Combine(_folder, name);
            File.WriteAllText(path, text);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    private string Calls => Path.Combine(_folder, "calls");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_builds_on_the_published_packages_shows_what_changes_and_deploys_infrastructure_secrets_and_code_in_turn()
    {
        (int code, string printed) = await DeployAsync(
            [], "dev", "rg", "--location", "westeurope", "--node", "bitcoin-signet=https://node.example/rpc", "--yes");

        Assert.True(code == 0, printed);
        Assert.EndsWith("The gateway is at https://gateway.example\n", printed, StringComparison.Ordinal);
        string[] calls = await File.ReadAllLinesAsync(Calls);
        Assert.Equal(Steps, Steps.OrderBy(step => Array.FindIndex(calls, call => call.Contains(step, StringComparison.Ordinal))));
        Assert.Contains("-p:FunctionsPackages=nuget -p:ChainPackages=nuget", calls.Single(call => call.StartsWith(Steps[0], StringComparison.Ordinal)));
        Assert.Contains("""what-if with {"bitcoin-signet":"https://node.example/rpc"}""", calls);
    }

    [Fact]
    public async Task A_secret_that_is_missing_is_made_goes_through_a_pipe_and_is_not_shown_and_one_that_is_there_is_kept()
    {
        (int code, string printed) = await DeployAsync([], "dev", "rg", "--yes");

        Assert.True(code == 0, printed);
        Assert.Contains("CoinPay--OperatorKey: kept", printed, StringComparison.Ordinal);
        Assert.Contains("CoinPay--SecretsKey: made", printed, StringComparison.Ordinal);
        string calls = await File.ReadAllTextAsync(Calls);
        Assert.Contains("--url /subscriptions/s/vaults/vault-1/secrets/CoinPay--SecretsKey?", calls, StringComparison.Ordinal);
        string secret = JsonNode.Parse(await File.ReadAllTextAsync(Calls + ".secret"))!["properties"]!["value"]!.GetValue<string>();
        Assert.Equal(SecretBox.KeyBytes, Convert.FromBase64String(secret).Length);
        Assert.DoesNotContain(secret, printed + calls, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_cannot_be_looked_up_is_not_written_over_and_no_code_is_deployed()
    {
        (int code, string printed) = await DeployAsync([("OPERATOR_KEY", "1")], "prod", "rg", "--yes");

        Assert.NotEqual(0, code);
        Assert.Contains("could not tell whether it is there", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("rest --method put", await File.ReadAllTextAsync(Calls), StringComparison.Ordinal);
        Assert.DoesNotContain("config-zip", await File.ReadAllTextAsync(Calls), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing was deployed", "", "")]
    [InlineData("nothing was deployed", "", "", "--location", "westeurope")]
    [InlineData("not logged in", "LOGGED_IN", "1", "--yes")]
    [InlineData("say --location", "GROUP_EXISTS", "false", "--yes")]
    [InlineData("NETWORK=URL", "", "", "--node", "https://node.example")]
    public async Task Without_consent_login_or_what_it_needs_nothing_is_deployed(string says, string name, string value, params string[] options)
    {
        (int code, string printed) = await DeployAsync([(name, value)], ["dev", "rg", .. options]);

        Assert.NotEqual(0, code);
        Assert.Contains(says, printed, StringComparison.Ordinal);
        string calls = File.Exists(Calls) ? await File.ReadAllTextAsync(Calls) : "";
        Assert.DoesNotContain("group create", calls, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_prints_the_commands_and_calls_nothing()
    {
        (int code, string printed) = await DeployAsync([], "prod", "rg", "--location", "westeurope", "--dry-run");

        Assert.True(code == 0, printed);
        Assert.All(
            ["+ az group create", "what-if", "main.prod.bicepparam", "config-zip", "make-secrets.sh", "smoke.sh"],
            step => Assert.Contains(step, printed, StringComparison.Ordinal));
        Assert.False(File.Exists(Calls));
    }

    [Fact]
    public async Task Code_that_is_refused_while_the_apps_role_is_new_is_deployed_once_more()
    {
        await File.WriteAllTextAsync(Calls + ".refuse", "");
        (int code, string printed) = await DeployAsync([], "dev", "rg", "--yes");

        Assert.True(code == 0, printed);
        Assert.Equal(2, (await File.ReadAllLinesAsync(Calls)).Count(call => call.Contains("config-zip", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_smoke_test_knows_a_gateway_and_something_else()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        (int code, string printed) = await BashAsync([], "scripts/tools/smoke.sh", gateway.Address.ToString());
        Assert.True(code == 0, printed);
        await using WebhookReceiver other = await WebhookReceiver.StartAsync();
        (code, printed) = await BashAsync([("COINPAY_SMOKE_TRIES", "1")], "scripts/tools/smoke.sh", other.Address.ToString());
        Assert.NotEqual(0, code);
        Assert.Contains("smoke: ", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_is_packed_with_its_dotted_names()
    {
        string from = Directory.CreateDirectory(Path.Combine(_folder, "app", ".azurefunctions")).FullName;
        await File.WriteAllTextAsync(Path.Combine(from, "function.deps.json"), "{}");
        string to = Path.Combine(_folder, "app.zip");
        (int code, string printed) = await BashAsync(
            [], "-c", $"dotnet msbuild scripts/tools/zip.proj -nologo -nodeReuse:false -p:From={_folder}/app -p:To={to}");
        Assert.True(code == 0, printed);
        using System.IO.Compression.ZipArchive packed = await System.IO.Compression.ZipFile.OpenReadAsync(to);
        Assert.Equal(".azurefunctions/function.deps.json", Assert.Single(packed.Entries).FullName);
    }

    private Task<(int Code, string Printed)> DeployAsync((string, string)[] environment, params string[] arguments) =>
        BashAsync(
            [
                ("PATH", _folder + ":" + Environment.GetEnvironmentVariable("PATH")), ("CALLS", Calls), ("COINPAY_DEPLOY_PAUSE", "0"),
                .. environment,
            ],
            ["scripts/deploy.sh", .. arguments]);

    private static async Task<(int Code, string Printed)> BashAsync((string Name, string Value)[] environment, params string[] arguments)
    {
        ProcessStartInfo start = new("bash", arguments)
        {
            WorkingDirectory = RepositoryFiles.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach ((string name, string value) in environment.Where(variable => variable.Name.Length > 0))
            start.Environment[name] = value;
        using Process bash = Process.Start(start)!;
        bash.StandardInput.Close();
        Task<string> errors = bash.StandardError.ReadToEndAsync();
        string printed = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();
        return (bash.ExitCode, printed + await errors);
    }
}
