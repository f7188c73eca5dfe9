using System.Net;
using CoinPay.Host.TestApp;
using CoinPay.Host.Tests.World;
using Xunit;

namespace CoinPay.Host.Tests.Life;

/// <summary>kill −9 of the worker alone, and of the host above it.</summary>
public sealed class WorkerDeathTests(TestStorage storage)
{
    private const int Lives = 10;

    [Fact]
    public async Task A_killed_worker_is_started_again_and_no_orchestration_fails()
    {
        await using TestRun run = await TestRun.BeginAsync(storage);
        HostProcess host = await run.StartAsync(HostProcess.OutOfProcess);
        LivesUnderway lives = new(run, "life-", Lives);
        await lives.BeginAsync(host);
        await run.Queue(Queues.Texts).SendMessageAsync("wait message");
        await run.WrittenAsync(Queues.Texts, "wait message 1");
        Task<HttpResponseMessage> request = host.Http.GetAsync("/wait/request");
        await run.WrittenAsync("request", "began");
        await lives.RaiseAsync(host, "Go");
        await run.WrittenAsync(lives.Ids.First(), "second");

        int worker = await host.WorkerIdAsync();
        await HostProcess.SignalAsync("KILL", worker);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await request).StatusCode);
        using HttpResponseMessage meanwhile = await host.Http.GetAsync("/mirror");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, meanwhile.StatusCode);
        Assert.Contains("\"worker\":\"missing\"", await host.ReadinessAsync(), StringComparison.Ordinal);

        await host.IsReadyAsync();
        Assert.NotEqual(worker, await host.WorkerIdAsync());
        await run.WrittenAsync(Queues.Texts, "wait message 2");
        await run.OpenAsync("message");
        await run.WrittenAsync("message", "done");
        await lives.AllAsync(host, "Stop");
        await lives.RaiseAsync(host, "Stop");
        await lives.CompleteAsync(host);
    }

    [Fact]
    public async Task A_worker_does_not_outlive_a_killed_host()
    {
        await using TestRun run = await TestRun.BeginAsync(storage);
        HostProcess host = await run.StartAsync(HostProcess.OutOfProcess);
        int worker = await host.WorkerIdAsync();
        await host.SignalAsync("KILL");
        await Eventually.UntilAsync(() => !Directory.Exists($"/proc/{worker}"), () => $"process {worker} ended");
    }
}
