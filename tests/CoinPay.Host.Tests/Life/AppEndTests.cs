using CoinPay.Host.Tests.World;
using Xunit;

namespace CoinPay.Host.Tests.Life;

/// <summary>An app that ends by itself, or that does not come to an end.</summary>
public sealed class AppEndTests(TestStorage storage)
{
    private const int Failure = 1;

    [Theory]
    [InlineData("/end")]
    [InlineData("/exit/0")]
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
        HostProcess host = await run.StartAsync(HostProcess.InProcess,
            ("AzureFunctionsJobHost__functionTimeout", "00:00:20"), ("AzureWebJobs__AtStart__Disabled", "true"));
        await AskAsync(host, HttpMethod.Get, "/hang");
        await host.HasEndedAsync();
        Assert.Equal(Failure, host.ExitCode);
    }

    [Fact]
    public async Task A_function_past_its_time_limit_costs_a_worker_process_its_life()
    {
        await using TestRun run = await TestRun.BeginAsync(storage);
        HostProcess host = await run.StartAsync(HostProcess.OutOfProcess,
            ("AzureFunctionsJobHost__functionTimeout", "00:00:20"), ("AzureWebJobs__AtStart__Disabled", "true"));
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
