using System.Diagnostics;

namespace CoinPay.Acceptance.Cli;

/// <summary>The operators' program, run on an account as scripts/backup.sh and the others run it.</summary>
internal static class OperationsProcess
{
    public static async Task<(int ExitCode, string Output)> RunAsync(string storage, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "CoinPay.Cli.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["AzureWebJobsStorage"] = storage;
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
