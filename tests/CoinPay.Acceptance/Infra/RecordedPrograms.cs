using CoinPay.Acceptance.Scripts;

namespace CoinPay.Acceptance.Infra;

/// <summary>
/// Programs in place of az, dotnet and curl that record how they were called, in front of the real ones on PATH.
/// </summary>
internal sealed class RecordedPrograms : IDisposable
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

    private const string Dotnet = """
        #!/bin/bash
        echo "dotnet $*" >>"$CALLS"
        [ "$1" = publish ] || exit 0
        while [ "$1" != --output ]; do shift; done
        for file in $PUBLISHED; do mkdir -p "$2/$(dirname "$file")"; echo x >"$2/$file"; done
        """;

    private const string Curl = """
        #!/bin/bash
        case "$*" in
          *health*) printf '{"status":"live"}\n200 application/json' ;;
          *openapi*) printf '{"openapi":"3.1.0"}\n200 application/json' ;;
          *) printf '{"code":"not_found"}\n404 application/problem+json' ;;
        esac
        """;

    /// <summary>What dotnet leaves in a published folder, unless a test sets PUBLISHED.</summary>
    public static readonly string[] Package =
    [
        "host.json", "worker.config.json", "functions.metadata", "extensions.json", ".azurefunctions/function.deps.json",
        ".azurefunctions/Microsoft.Azure.WebJobs.Extensions.DurableTask.dll", "CoinPay.Functions", "CoinPay.Functions.dll",
        "networks.json",
    ];

    private readonly string _programs;

    public RecordedPrograms()
    {
        _programs = Directory.CreateDirectory(Path.Combine(Folder, "bin")).FullName;
        foreach ((string name, string text) in new[] { ("az", Az), ("dotnet", Dotnet), ("curl", Curl) })
        {
            string path = Path.Combine(_programs, name);
            File.WriteAllText(path, text);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    /// <summary>A folder of the test's own, gone after it.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("coinpay-programs-").FullName;

    private string Calls => Path.Combine(Folder, "calls");

    /// <summary>A line for each call, the program first; empty if none was called.</summary>
    public async Task<string> CallsAsync() => File.Exists(Calls) ? await File.ReadAllTextAsync(Calls) : "";

    /// <summary>The body of the last secret that az was to store.</summary>
    public Task<string> SecretAsync() => File.ReadAllTextAsync(Calls + ".secret");

    /// <summary>The next deployment of code fails.</summary>
    public Task RefuseOnceAsync() => File.WriteAllTextAsync(Calls + ".refuse", "");

    /// <summary>Runs a script of the repository; its environment decides what the programs answer.</summary>
    public Task<(int Code, string Printed)> RunAsync((string, string)[] environment, params string[] arguments) =>
        RepositoryScript.RunAsync(
            [
                ("PATH", _programs + ":" + Environment.GetEnvironmentVariable("PATH")), ("CALLS", Calls),
                ("PUBLISHED", string.Join(' ', Package)), ("COINPAY_DEPLOY_PAUSE", "0"), .. environment,
            ],
            arguments);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
