using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using CoinPay.Host.Instance;
using Microsoft.Azure.WebJobs.Extensions.Timers;
using Microsoft.Azure.WebJobs.Host.Executors;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json;

namespace CoinPay.Host.Triggers;

/// <summary>
/// Keeps timer statuses where the real host does: in the container <c>azure-webjobs-hosts</c>, in the blob
/// <c>timers/&lt;host id&gt;/&lt;timer&gt;/status</c>. The corresponding class of Timers 3.0.6 needs an obsolete storage library. As in
/// that class, a failure is only logged: the timer continues, and a missed run might go unnoticed.
/// </summary>
internal sealed class ScheduleBlobs(IConfiguration configuration, IHostIdProvider hostId, ILogger<ScheduleBlobs> log) : ScheduleMonitor
{
    private readonly BlobContainerClient _container = HostStorage.HostsContainer(configuration);

    public override async Task<ScheduleStatus?> GetStatusAsync(string timerName)
    {
        try
        {
            Response<BlobDownloadResult> blob = await (await BlobAsync(timerName)).DownloadContentAsync();
            return JsonConvert.DeserializeObject<ScheduleStatus>(blob.Value.Content.ToString());
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
        catch (Exception failure) when (failure is RequestFailedException or AggregateException or JsonException)
        {
            log.LogWarning("Cannot read the status of timer {Timer}: {Reason}", timerName, failure.Message);
            return null;
        }
    }

    public override async Task UpdateStatusAsync(string timerName, ScheduleStatus status)
    {
        try
        {
            await (await BlobAsync(timerName)).UploadAsync(BinaryData.FromString(JsonConvert.SerializeObject(status)), overwrite: true);
        }
        catch (Exception failure) when (failure is RequestFailedException or AggregateException)
        {
            log.LogWarning("Cannot store the status of timer {Timer}: {Reason}", timerName, failure.Message);
        }
    }

    private async Task<BlobClient> BlobAsync(string timer) =>
        _container.GetBlobClient($"timers/{await hostId.GetHostIdAsync(CancellationToken.None)}/{timer}/status");
}
