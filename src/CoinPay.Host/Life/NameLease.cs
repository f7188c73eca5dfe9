using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using CoinPay.Host.Configuration;
using CoinPay.Host.Triggers;
using Microsoft.Extensions.Logging;

namespace CoinPay.Host.Life;

/// <summary>
/// A host's right to its name. Two hosts of one name would both take the same partitions of the task hub, so the second stands by until
/// the first is gone. The right is a lease on a blob, whose metadata says which process holds it.
/// </summary>
internal sealed class NameLease : IDisposable
{
    private const string HolderKey = "holder";
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan RenewAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly BlobClient _blob;
    private readonly BlobLeaseClient _lease;
    private readonly string _name;
    private readonly ILogger<NameLease> _log;
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _released = new();
    private Task _renewal = Task.CompletedTask;

    public NameLease(BlobContainerClient storage, HostConfiguration configuration, ILogger<NameLease> log)
    {
        _name = configuration.Settings.Name;
        _log = log;
        _blob = storage.GetBlobClient($"coinpay-hosts/{HostId.Of(configuration.Root)}/{Uri.EscapeDataString(_name)}");
        _lease = _blob.GetBlobLeaseClient();
    }

    /// <summary>Completes when the name belongs to somebody else.</summary>
    public Task Lost => _lost.Task;

    /// <param name="standingBy">Called once if another host has the name.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task AcquireAsync(Action standingBy, CancellationToken cancellation)
    {
        await EnsureBlobAsync(cancellation);
        for (bool isFirst = true; !await TryAcquireAsync(cancellation); isFirst = false)
        {
            if (await HolderAsync(cancellation) is { } holder && ProcessIdentity.IsKnownDead(holder))
            {
                _log.LogInformation("The host that had the name {Name} is gone: its lease is broken", _name);
                await _lease.BreakAsync(TimeSpan.Zero, cancellationToken: cancellation);
                continue;
            }
            if (isFirst)
            {
                _log.LogWarning("Another host has the name {Name}: this one stands by", _name);
                standingBy();
            }
            await Task.Delay(LookAgain, cancellation);
        }
        _renewal = RenewAsync();
    }

    public async Task ReleaseAsync()
    {
        await _released.CancelAsync();
        await _renewal;
        try
        {
            await _lease.ReleaseAsync();
        }
        catch (Exception failure) when (IsStorageFailure(failure))
        {
            _log.LogInformation("The lease on the name {Name} runs out by itself: {Reason}", _name, failure.Message);
        }
    }

    public void Dispose() => _released.Dispose();

    private async Task EnsureBlobAsync(CancellationToken cancellation)
    {
        try
        {
            await _blob.UploadAsync(
                BinaryData.FromString(""), new BlobUploadOptions { Conditions = new() { IfNoneMatch = ETag.All } }, cancellation);
        }
        catch (RequestFailedException exists) when (exists.Status is 409 or 412)
        {
            // It has been there, perhaps leased.
        }
    }

    private async Task<bool> TryAcquireAsync(CancellationToken cancellation)
    {
        try
        {
            await _lease.AcquireAsync(Duration, cancellationToken: cancellation);
        }
        catch (RequestFailedException held) when (held.Status == 409)
        {
            return false;
        }
        await _blob.SetMetadataAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { [HolderKey] = ProcessIdentity.Current },
            new BlobRequestConditions { LeaseId = _lease.LeaseId }, cancellation);
        return true;
    }

    private async Task<string?> HolderAsync(CancellationToken cancellation)
    {
        BlobProperties properties = await _blob.GetPropertiesAsync(cancellationToken: cancellation);
        return properties.Metadata.TryGetValue(HolderKey, out string? holder) ? holder : null;
    }

    private async Task RenewAsync()
    {
        TimeSpan wait = RenewEvery;
        while (true)
        {
            await Task.Delay(wait, _released.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_released.IsCancellationRequested)
                return;
            wait = await TryRenewAsync() ? RenewEvery : RenewAgain;
            if (_lost.Task.IsCompleted)
                return;
        }
    }

    /// <remarks>
    /// While the storage is unreachable the host waits: nobody else can take the name there, and it can do no work on the hub. If the
    /// lease ran out meanwhile, it can still be renewed unless another host has taken it.
    /// </remarks>
    private async Task<bool> TryRenewAsync()
    {
        try
        {
            await _lease.RenewAsync(cancellationToken: _released.Token);
            return true;
        }
        catch (RequestFailedException taken) when (taken.Status is 409 or 412)
        {
            _log.LogCritical("The name {Name} belongs to another host now: {Reason}", _name, taken.ErrorCode);
            _lost.TrySetResult();
            return false;
        }
        catch (Exception failure) when (IsStorageFailure(failure))
        {
            return false;
        }
    }

    private static bool IsStorageFailure(Exception failure) =>
        failure is RequestFailedException or AggregateException or OperationCanceledException;
}
