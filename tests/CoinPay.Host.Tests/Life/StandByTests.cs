using System.Net;
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

    private static (string, string?) Same => ("CoinPayHost__Name", "same");
}
