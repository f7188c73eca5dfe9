using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using CoinPay.Host.Tests.World;
using Xunit;

namespace CoinPay.Host.Tests.Life;

/// <summary>Schedules over a host's life.</summary>
public sealed class TimerTests(TestStorage storage)
{
    [Fact]
    public async Task A_run_missed_while_no_host_ran_is_made_up_for_once_and_a_first_start_runs_nothing()
    {
        await using TestRun run = await TestRun.BeginAsync(storage);
        DateTime last = DateTime.UtcNow.AddYears(-2);
        BlobClient status = await run.TimerStatusAsync("Seldom");
        await status.UploadAsync(BinaryData.FromObjectAsJson(new { Last = last, LastUpdated = last, Next = last.AddYears(1) }));
        HostProcess host = await run.StartAsync(HostProcess.InProcess);
        await run.WrittenAsync("seldom", $"late True last {last:yyyy-MM-dd}");
        BlobClient first = await run.TimerStatusAsync("Never");
        await Eventually.UntilAsync(
            async () => await first.ExistsAsync() && await LastAsync(status) > last.AddYears(1), () => "statuses of both timers\n" + host.Output);
        Assert.Empty(await run.TextsAsync("never"));
        Assert.Single(await run.TextsAsync("seldom"));
    }

    [Fact]
    public async Task A_schedule_under_a_minute_runs_without_a_status()
    {
        await using TestRun run = await TestRun.BeginAsync(storage);
        await run.StartAsync(HostProcess.InProcess, ("Often", "*/1 * * * * *"));
        await Eventually.UntilAsync(async () => (await run.TextsAsync("often")).Count >= 2, () => "two runs");
        Assert.All(await run.TextsAsync("often"), text => Assert.Equal("late False last ", text));
        Assert.False(await (await run.TimerStatusAsync("Often")).ExistsAsync());
    }

    [Fact]
    public async Task A_function_that_is_switched_off_does_not_run()
    {
        await using TestRun run = await TestRun.BeginAsync(storage);
        HostProcess host = await run.StartAsync(
            HostProcess.InProcess, ("AzureWebJobs__AtStart__Disabled", "true"), ("AzureWebJobs__Root__Disabled", "true"), ("Often", "*/1 * * * * *"));
        await Eventually.UntilAsync(async () => (await run.TextsAsync("often")).Count > 0, () => "a run");
        Assert.Empty(await run.TextsAsync("at-start"));
        using HttpResponseMessage answer = await host.Http.GetAsync("/");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static async Task<DateTime> LastAsync(BlobClient status) =>
        JsonNode.Parse((await status.DownloadContentAsync()).Value.Content.ToString())!["Last"]!.GetValue<DateTime>();
}
