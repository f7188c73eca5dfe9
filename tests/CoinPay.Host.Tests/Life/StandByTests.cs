using System.Net;
using Azure.Storage.Blobs.Specialized;
using CoinPay.Host.Tests.World;
using Xunit;

namespace CoinPay.Host.Tests.Life;

/// <summary>Hosts of one name, of which one runs.</summary>
public sealed class StandByTests(TestStorage storage)
{
    [Theory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    public async Task A_second_host_of_the_same_name_stands_by_until_the_first_is_gone(string signal)
    {
        await using TestRun run = await TestRun.BeginAsync(storage);
        HostProcess first = await run.StartAsync(HostProcess.InProcess, Same);
        HostProcess second = await run.LaunchAsync(HostProcess.InProcess, Same);
        await Eventually.UntilAsync(
            async () => (await second.ReadinessAsync()).Contains("\"host\":\"standing_by\"", StringComparison.Ordinal), () => second.Output);
        await first.IsReadyAsync();
        using HttpResponseMessage refused = await second.Http.GetAsync("/mirror");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        await first.SignalAsync(signal);
        await second.IsReadyAsync();
        Assert.Equal(second.Id, await second.WorkerIdAsync());
    }

    [Fact]
    public async Task A_host_takes_its_name_again_that_nobody_holds_and_ends_if_another_has_taken_it()
    {
        await using TestRun run = await TestRun.BeginAsync(storage);
        HostProcess host = await run.StartAsync(HostProcess.InProcess, Same);
        BlobLeaseClient other = run.NameOf("same").GetBlobLeaseClient();
        await other.BreakAsync(TimeSpan.Zero);
        await Eventually.UntilAsync(
            () => host.Output.Contains("The lease on the name same was lost and has been taken again", StringComparison.Ordinal), () => host.Output);
        await host.IsReadyAsync();
        await other.BreakAsync(TimeSpan.Zero);
        await other.AcquireAsync(BlobLeaseClient.InfiniteLeaseDuration);
        await host.HasEndedAsync();
        Assert.Equal(1, host.ExitCode);
        Assert.Contains("The name same now belongs to another host", host.Output, StringComparison.Ordinal);
    }

    private static (string, string?) Same => ("CoinPayHost__Name", "same");
}
