using System.Diagnostics;
using CoinPay.Testing;

namespace CoinPay.Acceptance.Scripts;

/// <summary>A script of this repository, run by bash from its root with nothing on standard input.</summary>
internal static class RepositoryScript
{
    /// <summary>Its exit code, and what it printed: first on standard output, then on standard error.</summary>
    public static async Task<(int Code, string Printed)> RunAsync((string Name, string Value)[] environment, params string[] arguments)
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
