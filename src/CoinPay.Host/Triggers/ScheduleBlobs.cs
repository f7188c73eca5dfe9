using Azure;
using Azure.Storage.Blobs;
using CoinPay.Host.Life;
using Microsoft.Azure.WebJobs.Extensions.Timers;
using Microsoft.Azure.WebJobs.Host.Executors;
using Microsoft.Extensions.Configuration;
using Newtonsoft.Json;

namespace CoinPay.Host.Triggers;

/// <summary>
/// Keeps timers' statuses where the real host does: in the container <c>azure-webjobs-hosts</c> the blob
/// <c>timers/&lt;host id&gt;/&lt;timer&gt;/status</c>. The class of Timers 3.0.6 for it needs a storage library that is long gone.
/// </summary>
internal sealed class ScheduleBlobs(IConfiguration configuration, IHostIdProvider hostId) : ScheduleMonitor
{
    private readonly BlobContainerClient _container = HostStorage.HostsContainer(configuration);

    public override async Task<ScheduleStatus?> GetStatusAsync(string timerName)
    {
        try
        {
            Response<Azure.Storage.Blobs.Models.BlobDownloadResult> blob = await (await BlobAsync(timerName)).DownloadContentAsync();
            return JsonConvert.DeserializeObject<ScheduleStatus>(blob.Value.Content.ToString());
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    public override async Task UpdateStatusAsync(string timerName, ScheduleStatus status) =>
        await (await BlobAsync(timerName)).UploadAsync(BinaryData.FromString(JsonConvert.SerializeObject(status)), overwrite: true);

    private async Task<BlobClient> BlobAsync(string timer) =>
        _container.GetBlobClient($"timers/{await hostId.GetHostIdAsync(CancellationToken.None)}/{timer}/status");
}
