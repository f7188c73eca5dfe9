using System.Net;
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
        DateTime last = new(DateTime.UtcNow.Year - 2, 6, 1, 0, 0, 0, DateTimeKind.Utc), next = new(last.Year + 1, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        BlobClient status = await run.TimerStatusAsync("Seldom");
        await status.UploadAsync(BinaryData.FromObjectAsJson(new { Last = last, LastUpdated = last, Next = next }));
        HostProcess host = await run.StartAsync(HostProcess.InProcess);
        await run.WrittenAsync("seldom", $"late True last {last:yyyy-MM-dd}");
        BlobClient first = await run.TimerStatusAsync("Never");
        await Eventually.UntilAsync(
            async () => await first.ExistsAsync() && await LastAsync(status) > next, () => "statuses of both timers\n" + host.Output);
        await host.SignalAsync("TERM");
        await host.HasEndedAsync();
        await run.StartAsync(HostProcess.InProcess);
        await Eventually.UntilAsync(async () => (await run.TextsAsync("at-start")).Count == 2, () => "a second start");
        Assert.Empty(await run.TextsAsync("never"));
        Assert.Single(await run.TextsAsync("seldom"));
    }

    [Fact]
    public async Task A_schedule_under_a_minute_runs_without_a_status_and_a_function_that_is_switched_off_does_not_run()
    {
        await using TestRun run = await TestRun.BeginAsync(storage);
        HostProcess host = await run.StartAsync(
            HostProcess.InProcess, ("Often", "*/1 * * * * *"), ("AzureWebJobs__AtStart__Disabled", "true"), ("AzureWebJobs__Root__Disabled", "true"));
        await Eventually.UntilAsync(async () => (await run.TextsAsync("often")).Count >= 2, () => "two runs");
        Assert.All(await run.TextsAsync("often"), text => Assert.Equal("late False last ", text));
        Assert.False(await (await run.TimerStatusAsync("Often")).ExistsAsync());
        Assert.Empty(await run.TextsAsync("at-start"));
        using HttpResponseMessage answer = await host.Http.GetAsync("/");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static async Task<DateTime> LastAsync(BlobClient status) =>
        JsonNode.Parse((await status.DownloadContentAsync()).Value.Content.ToString())!["Last"]!.GetValue<DateTime>();
}
