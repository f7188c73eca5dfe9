using Xunit;

namespace CoinPay.Acceptance.Scripts;

/// <summary>scripts/run.sh as whoever clones the repository runs it. scripts/check.sh runs it without --out-of-process.</summary>
public sealed class RunScriptTests
{
    [Fact]
    public async Task The_demos_invoices_are_paid_by_the_app_as_Azure_runs_it()
    {
        (int code, string printed) = await RepositoryScript.RunAsync(
            [], "-c", "timeout --kill-after 10 15m scripts/run.sh --once --out-of-process");
        Assert.True(code == 0, printed);
    }
}
