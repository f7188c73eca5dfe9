using System.Diagnostics;
using CoinPay.Testing;
using Xunit;

namespace CoinPay.Acceptance.Scripts;

/// <summary>A mistyped argument or a missing thing is answered by what is wanted, at once and with no stack trace.</summary>
public sealed class ScriptArgumentTests
{
    [Theory]
    [InlineData("simulate.sh many", 2, "usage: scripts/simulate.sh [seed] [count]")]
    [InlineData("backup.sh", 2, "usage: scripts/backup.sh FOLDER")]
    [InlineData("restore.sh", 2, "usage: scripts/restore.sh FOLDER")]
    [InlineData("mine.sh anvil 1000000000", 1, "usage: scripts/mine.sh NETWORK [N]")]
    [InlineData("listen.sh --unheard", 1, "Unknown option '--unheard'")]
    [InlineData("listen.sh verify --unheard", 1, "Unknown option '--unheard'")]
    [InlineData("listen.sh --gateway here --key k --to http://127.0.0.1", 1, "--gateway here is not an http:// or https:// URL")]
    [InlineData("listen.sh --gateway http://127.0.0.1 --key k --to http://127.0.0.1 --every soon", 1, "--every must be a number of seconds")]
    public Task An_argument_that_does_not_fit_is_answered_by_what_does(string command, int exitCode, string says) =>
        RefusesAsync(command, exitCode, says, null);

    [Fact]
    public Task Tools_that_are_not_installed_are_said_to_be_missing() =>
        RefusesAsync("pay.sh inv_1", 1, "ethers is not in ", Path.Combine(Path.GetTempPath(), "no-tools-of-coinpay"));

    private static async Task RefusesAsync(string command, int exitCode, string says, string? tools)
    {
        string[] words = command.Split(' ');
        ProcessStartInfo start = new("bash", [Path.Combine(RepositoryFiles.Root, "scripts", words[0]), .. words[1..]])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (tools is not null)
            start.Environment["COINPAY_TOOLS"] = tools;
        using Process process = Process.Start(start)!;
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(exitCode, process.ExitCode);
        Assert.StartsWith(says, errors, StringComparison.Ordinal);
        Assert.InRange(errors.TrimEnd().Split('\n').Length, 1, 2);
    }
}
