using CoinPay.Host.Tests.World;
using Xunit;

namespace CoinPay.Host.Tests.Life;

/// <summary>Hosts of different names on one task hub, as instances in Azure.</summary>
public sealed class TwoHostsTests(TestStorage storage)
{
    private const int Lives = 10;

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

    /// <summary>
    /// With as many partitions as in Azure, so that both hosts have some, and its longer locks: a host that cannot renew one within a
    /// quarter of a minute would end, as it should, on a busy machine too.
    /// </summary>
    private static Task<HostProcess> StartAsync(TestRun run, string name) => run.StartAsync(
        HostProcess.InProcess, ("CoinPayHost__Name", name),
        ("AzureFunctionsJobHost__extensions__durableTask__storageProvider__partitionCount", "4"),
        ("AzureFunctionsJobHost__singleton__listenerLockPeriod", "00:01:00"));
}
