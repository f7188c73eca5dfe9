using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using CoinPay.Embedded.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Timers;

/// <summary>
/// Keeps schedules' statuses where the real host does: in the container <c>azure-webjobs-hosts</c> the blob
/// <c>timers/&lt;host id&gt;/&lt;class&gt;.&lt;method&gt;/status</c>. The host id is <c>AzureFunctionsWebHost:hostid</c>, and the task hub's
/// name where none is set.
/// </summary>
internal sealed class ScheduleMonitor(IConfiguration configuration, HostSettings settings, ILogger<ScheduleMonitor> log)
{
    private const string Container = "azure-webjobs-hosts";
    private readonly string _hostId = (configuration["AzureFunctionsWebHost:hostid"] ?? settings.Durable.HubName).ToLowerInvariant();

    /// <summary>Null if none was stored, or if it cannot be read.</summary>
    public async Task<ScheduleStatus?> ReadAsync(string timer, CancellationToken cancellation)
    {
        try
        {
            Response<Azure.Storage.Blobs.Models.BlobDownloadResult> blob = await Blob(timer).DownloadContentAsync(cancellation);
            return blob.Value.Content.ToObjectFromJson<ScheduleStatus>();
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
        catch (Exception failure) when (failure is RequestFailedException or AggregateException or JsonException)
        {
            log.LogWarning("The status of timer {Timer} could not be read: {Reason}", timer, failure.Message);
            return null;
        }
    }

    /// <summary>As on the real host a failure is only logged: the timer goes on, a missed run may not be seen.</summary>
    public async Task WriteAsync(string timer, ScheduleStatus status, CancellationToken cancellation)
    {
        try
        {
            await Blobs.CreateIfNotExistsAsync(cancellationToken: cancellation);
            await Blob(timer).UploadAsync(BinaryData.FromObjectAsJson(status), overwrite: true, cancellation);
        }
        catch (Exception failure) when (failure is RequestFailedException or AggregateException)
        {
            log.LogWarning("The status of timer {Timer} could not be stored: {Reason}", timer, failure.Message);
        }
    }

    private BlobContainerClient Blobs => new(StorageConnection.Find(configuration), Container);

    private BlobClient Blob(string timer) => Blobs.GetBlobClient($"timers/{_hostId}/{timer}/status");
}
