using CoinPay.Host.Tests.World;
using Xunit;

namespace CoinPay.Host.Tests.Life;

/// <summary>kill −9 of a host, with nobody, another or a stand-by beside it.</summary>
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

    [Fact]
    public async Task Two_hosts_share_a_hub_and_do_nothing_twice_and_one_finishes_what_the_other_was_killed_over()
    {
        await using TestRun run = await TestRun.BeginAsync(storage);
        HostProcess[] hosts = await Task.WhenAll(
            StartAsync(run, "one"), StartAsync(run, "two"));
        LivesUnderway first = new(run, "first-", Lives), second = new(run, "second-", Lives);
        await first.BeginAsync(hosts[0]);
        await first.RaiseAsync(hosts[1], "Go");
        await first.AllAsync(hosts[1], "Stop");
        await first.RaiseAsync(hosts[0], "Stop");
        await first.CompleteAsync(hosts[1]);
        Assert.Equal(0, await first.CountRepeatedAsync());

        await second.BeginAsync(hosts[0]);
        await second.RaiseAsync(hosts[1], "Go");
        await run.WrittenAsync(second.Ids.First(), "second");
        await hosts[0].SignalAsync("KILL");
        await second.AllAsync(hosts[1], "Stop");
        await second.RaiseAsync(hosts[1], "Stop");
        await second.CompleteAsync(hosts[1]);
    }

    [Fact]
    public async Task A_second_host_of_the_same_name_stands_by_and_takes_over_when_the_first_is_killed()
    {
        await using TestRun run = await TestRun.BeginAsync(storage);
        HostProcess first = await StartAsync(run, "same");
        HostProcess second = await run.LaunchAsync(HostProcess.InProcess, ("CoinPayHost__Name", "same"));
        await Eventually.UntilAsync(
            async () => (await second.ReadinessAsync()).Contains("\"host\":\"standing_by\"", StringComparison.Ordinal), () => second.Output);
        await first.IsReadyAsync();
        await first.SignalAsync("KILL");
        await second.IsReadyAsync();
        Assert.Equal(second.Id, await second.WorkerIdAsync());
    }

    [Fact]
    public async Task A_host_that_stands_by_takes_over_when_the_first_stops_in_order()
    {
        await using TestRun run = await TestRun.BeginAsync(storage);
        HostProcess first = await StartAsync(run, "same");
        HostProcess second = await run.LaunchAsync(HostProcess.InProcess, ("CoinPayHost__Name", "same"));
        await Eventually.UntilAsync(
            async () => (await second.ReadinessAsync()).Contains("\"host\":\"standing_by\"", StringComparison.Ordinal), () => second.Output);
        await first.SignalAsync("TERM");
        await second.IsReadyAsync();
    }

    /// <summary>With as many partitions as in Azure, so that both hosts have some.</summary>
    private static Task<HostProcess> StartAsync(TestRun run, string name) => run.StartAsync(
        HostProcess.InProcess, ("CoinPayHost__Name", name), ("AzureFunctionsJobHost__extensions__durableTask__storageProvider__partitionCount", "4"));
}
