using System.Net;
using CoinPay.Host.TestApp;
using CoinPay.Host.Tests.World;
using Xunit;

namespace CoinPay.Host.Tests.Life;

/// <summary>A host that is told to stop.</summary>
public sealed class StopTests(TestStorage storage)
{
    [Theory]
    [InlineData("--out-of-process")]
    [InlineData]
    public async Task A_stop_takes_no_more_work_and_lets_what_runs_end(params string[] options)
    {
        await using TestRun run = await TestRun.BeginAsync(storage);
        HostProcess host = await run.StartAsync(options, ("CoinPayHost__StopLimit", "00:03:00"));
        Task<string> request = host.Http.GetStringAsync("/wait/request");
        await run.WrittenAsync("request", "began");
        await run.Queue(Queues.Texts).SendMessageAsync("wait message");
        await run.WrittenAsync(Queues.Texts, "wait message 1");

        await host.SignalAsync("TERM");
        await Eventually.UntilAsync(
            async () => (await host.ReadinessAsync()).Contains("\"host\":\"stopping\"", StringComparison.Ordinal), () => host.Output);
        using HttpResponseMessage refused = await host.Http.GetAsync("/mirror");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        await run.Queue(Queues.Texts).SendMessageAsync("late");
        await run.OpenAsync("request");
        await run.OpenAsync("message");

        Assert.Equal("done", await request);
        await host.HasEndedAsync();
        Assert.Equal(0, host.ExitCode);
        Assert.Equal(["done"], await run.TextsAsync("message"));
        Assert.DoesNotContain("late 1", await run.TextsAsync(Queues.Texts));
        Assert.Equal(1, await run.CountAsync(Queues.Texts));
    }

    [Fact]
    public async Task What_is_not_done_when_the_stops_limit_is_over_is_cut_off_and_its_message_stays()
    {
        await using TestRun run = await TestRun.BeginAsync(storage);
        HostProcess host = await run.StartAsync(HostProcess.InProcess, ("CoinPayHost__StopLimit", "00:00:01"));
        await run.Queue(Queues.Texts).SendMessageAsync("wait message");
        await run.WrittenAsync(Queues.Texts, "wait message 1");
        await host.SignalAsync("TERM");
        await host.HasEndedAsync();
        Assert.Equal(0, host.ExitCode);
        Assert.Empty(await run.TextsAsync("message"));
        Assert.Equal(1, await run.CountAsync(Queues.Texts));
    }
}
