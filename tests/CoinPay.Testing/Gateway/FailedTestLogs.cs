using System.Reflection;
using CoinPay.Testing.Processes;
using Xunit;
using Xunit.v3;

namespace CoinPay.Testing.Gateway;

/// <summary>
/// Adds what the running programs printed last to the output of a test that failed: the reason is mostly in the gateway's log,
/// and a failed assertion does not show it.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class FailedTestLogsAttribute : BeforeAfterTestAttribute
{
    private const int MaxTail = 6_000;

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (TestContext.Current is not { TestState.Result: TestResult.Failed, TestOutputHelper: { } output })
            return;
        foreach (LocalProcess program in LocalProcess.Running.Where(program => program.Output.Length > 0))
            output.WriteLine($"--- {program}\n{Tail(program.Output)}");
    }

    /// <summary>Without the two lines that the host writes for every execution: a test that polls has hundreds of them.</summary>
    private static string Tail(string log)
    {
        string told = string.Join('\n', log.Split('\n').Where(line => !line.Contains(" info Function.", StringComparison.Ordinal)));
        return told[^Math.Min(MaxTail, told.Length)..];
    }
}
