using CoinPay.Host.Tests.World;
using Xunit;

namespace CoinPay.Host.Tests.Life;

/// <summary>kill −9 of a host that is alone.</summary>
public sealed class HostDeathTests(TestStorage storage)
{
    private const int Lives = 10;

    [Fact]
    public async Task A_host_that_was_killed_finishes_its_orchestrations_when_it_is_started_again()
    {
        await using TestRun run = await TestRun.BeginAsync(storage);
        (string, string?) name = ("CoinPayHost__Name", "one");
        HostProcess host = await run.StartAsync(HostProcess.InProcess, name);
        LivesUnderway lives = new(run, "life-", Lives);
        await lives.BeginAsync(host);
        await lives.RaiseAsync(host, "Go");
        await run.WrittenAsync(lives.Ids.First(), "second");
        await host.SignalAsync("KILL");

        HostProcess again = await run.StartAsync(HostProcess.InProcess, name);
        await lives.AllAsync(again, "Stop");
        await lives.RaiseAsync(again, "Stop");
        await lives.CompleteAsync(again);
    }
}
