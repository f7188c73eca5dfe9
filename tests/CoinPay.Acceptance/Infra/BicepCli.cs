using System.Diagnostics;
using CoinPay.Testing;

namespace CoinPay.Acceptance.Infra;

/// <summary>The real Bicep CLI on a copy of infra/, with what the templates read beside it.</summary>
internal sealed class BicepCli : IDisposable
{
    private readonly string _copy = Directory.CreateTempSubdirectory("coinpay-infra-").FullName;

    public BicepCli()
    {
        Assert.SkipWhen(RepositoryFiles.Bicep is null, "no Bicep CLI here: scripts/setup.sh says why");
        Folder = Directory.CreateDirectory(Path.Combine(_copy, "infra")).FullName;
        foreach (string file in Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, "infra")))
            File.Copy(file, Path.Combine(Folder, Path.GetFileName(file)));
        const string networks = "src/CoinPay.Chains/networks.json";
        Directory.CreateDirectory(Path.Combine(_copy, Path.GetDirectoryName(networks)!));
        File.Copy(Path.Combine(RepositoryFiles.Root, networks), Path.Combine(_copy, networks));
    }

    public string Folder { get; }

    /// <summary>Its exit code, and whatever it printed on either stream.</summary>
    public async Task<(int ExitCode, string Printed)> RunAsync(params string[] arguments)
    {
        ProcessStartInfo start = new(RepositoryFiles.Bicep!, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        start.Environment["COINPAY_NODES"] = """{"bitcoin-signet":"https://node.example"}""";
        start.Environment["COINPAY_ALERT_EMAILS"] = """["operator@shop.example"]""";
        start.Environment["COINPAY_PUBLIC_URL"] = "";
        using Process bicep = Process.Start(start)!;
        Task<string> errors = bicep.StandardError.ReadToEndAsync();
        string output = await bicep.StandardOutput.ReadToEndAsync();
        await bicep.WaitForExitAsync();
        return (bicep.ExitCode, output + await errors);
    }

    public void Dispose() => Directory.Delete(_copy, recursive: true);
}
