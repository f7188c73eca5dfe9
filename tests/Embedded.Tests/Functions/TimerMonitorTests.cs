using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static CoinPay.Embedded.Tests.Functions.Eventually;

namespace CoinPay.Embedded.Tests.Functions;

public sealed class MonitoredTimerFunction(Seen seen)
{
    [Function("Monitored")]
    public void Run([TimerTrigger("%Monitored%")] TimerInfo timer) => seen.Timers.Enqueue(timer);
}

[Collection(AzuriteCollection.Name)]
public sealed class TimerMonitorTests(AzuriteFixture azurite)
{
    private const string Yearly = "0 0 0 1 1 *";
    private readonly Seen _seen = new();
    private readonly string _hostId = "h" + Guid.NewGuid().ToString("N");

    [Fact]
    public async Task A_run_missed_while_the_host_was_down_is_made_up_for_once()
    {
        DateTime last = DateTime.UtcNow.AddYears(-2);
        await StatusBlob().UploadAsync(BinaryData.FromObjectAsJson(new ScheduleStatus { Last = last, LastUpdated = last }));
        await using (TestHost host = await StartAsync(Yearly))
            await UntilAsync(() => StoredAsync().Result.Last > last.AddYears(1));
        TimerInfo run = Assert.Single(_seen.Timers);
        Assert.True(run.IsPastDue);
        Assert.Equal(last, run.ScheduleStatus!.Last);
        await using (TestHost again = await StartAsync(Yearly))
            await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.Single(_seen.Timers);
    }

    [Fact]
    public async Task A_first_start_stores_the_next_run_and_runs_nothing()
    {
        await using TestHost host = await StartAsync(Yearly);
        await UntilAsync(() => StatusBlob().Exists());
        ScheduleStatus status = await StoredAsync();
        Assert.Equal(default, status.Last);
        Assert.Equal(new DateTime(DateTime.UtcNow.Year + 1, 1, 1), status.Next);
        Assert.Empty(_seen.Timers);
    }

    [Fact]
    public async Task A_schedule_under_a_minute_stores_nothing()
    {
        await using TestHost host = await StartAsync("*/1 * * * * *");
        await UntilAsync(() => _seen.Timers.Count >= 2);
        Assert.False(await StatusBlob().ExistsAsync(TestContext.Current.CancellationToken));
        Assert.All(_seen.Timers, timer => Assert.False(timer.IsPastDue));
    }

    [Fact]
    public async Task A_schedule_whose_setting_is_missing_fails_the_start_and_names_both()
    {
        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(null));
        Assert.Contains("'Monitored'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("setting", refused.Message, StringComparison.Ordinal);
    }

    private Task<TestHost> StartAsync(string? schedule) => TestHost.StartAsync(
        azurite.ConnectionString,
        [typeof(MonitoredTimerFunction)],
        configure: builder =>
        {
            builder.Configuration["AzureFunctionsWebHost:hostid"] = _hostId;
            if (schedule is not null)
                builder.Configuration["Monitored"] = schedule;
            builder.Services.AddSingleton(_seen);
        });

    private BlobClient StatusBlob()
    {
        BlobContainerClient container = new(azurite.ConnectionString, "azure-webjobs-hosts");
        container.CreateIfNotExists();
        return container.GetBlobClient($"timers/{_hostId}/{typeof(MonitoredTimerFunction).FullName}.Run/status");
    }

    private async Task<ScheduleStatus> StoredAsync() =>
        (await StatusBlob().DownloadContentAsync()).Value.Content.ToObjectFromJson<ScheduleStatus>()!;
}
