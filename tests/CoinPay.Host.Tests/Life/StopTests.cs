using System.Net;
using CoinPay.Host.TestApp;
using CoinPay.Host.Tests.World;
using Xunit;

namespace CoinPay.Host.Tests.Life;

/// <summary>How a host ends: in order when it is told to, and with a failure when its app is gone.</summary>
public sealed class StopTests(TestStorage storage)
{
    private const int Failure = 1;

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

    [Theory]
    [InlineData("--out-of-process")]
    [InlineData]
    public async Task What_is_not_done_when_the_stops_limit_is_over_is_cut_off_and_its_message_stays(params string[] options)
    {
        await using TestRun run = await TestRun.BeginAsync(storage);
        HostProcess host = await run.StartAsync(options, ("CoinPayHost__StopLimit", "00:00:01"));
        await run.Queue(Queues.Texts).SendMessageAsync("wait message");
        await run.WrittenAsync(Queues.Texts, "wait message 1");
        await host.SignalAsync("TERM");
        await host.HasEndedAsync();
        Assert.Equal(0, host.ExitCode);
        Assert.Empty(await run.TextsAsync("message"));
        Assert.Equal(1, await run.CountAsync(Queues.Texts));
    }

    [Theory]
    [InlineData("/end")]
    [InlineData("/exit/0")]
    [InlineData("/exit/3")]
    public async Task An_app_that_ends_in_the_hosts_process_ends_the_host_with_a_failure(string path)
    {
        await using TestRun run = await TestRun.BeginAsync(storage);
        HostProcess host = await run.StartAsync(HostProcess.InProcess);
        await AskAsync(host, HttpMethod.Post, path);
        await host.HasEndedAsync();
        Assert.NotEqual(0, host.ExitCode);
    }

    [Fact]
    public async Task A_function_past_its_time_limit_ends_a_host_with_its_app_in_its_process()
    {
        await using TestRun run = await TestRun.BeginAsync(storage);
        HostProcess host = await run.StartAsync(HostProcess.InProcess, ("AzureFunctionsJobHost__functionTimeout", "00:00:02"));
        await AskAsync(host, HttpMethod.Get, "/hang");
        await host.HasEndedAsync();
        Assert.Equal(Failure, host.ExitCode);
    }

    [Fact]
    public async Task A_function_past_its_time_limit_costs_a_worker_process_its_life()
    {
        await using TestRun run = await TestRun.BeginAsync(storage);
        HostProcess host = await run.StartAsync(HostProcess.OutOfProcess, ("AzureFunctionsJobHost__functionTimeout", "00:00:02"));
        int worker = await host.WorkerIdAsync();
        await AskAsync(host, HttpMethod.Get, "/hang");
        await Eventually.UntilAsync(() => host.Output.Split("The worker runs as process").Length == 3, () => host.Output);
        await host.IsReadyAsync();
        Assert.NotEqual(worker, await host.WorkerIdAsync());
    }

    /// <summary>Asks for what may end the host before it answers.</summary>
    private static async Task AskAsync(HostProcess host, HttpMethod method, string path)
    {
        try
        {
            using HttpResponseMessage answer = await host.Http.SendAsync(new(method, path));
        }
        catch (HttpRequestException)
        {
            // The host is gone.
        }
    }
}
