using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using CoinPay.Host.Configuration;
using Microsoft.Extensions.Logging;

namespace CoinPay.Host.Instance;

/// <summary>
/// A host's right to its name. Two hosts with the same name would both take the same task hub partitions, so the second stands by until the
/// first has ended. The right is a lease on a blob, whose metadata names the process that holds it.
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

    /// <summary>Completes when the name belongs to another host.</summary>
    public Task Lost => _lost.Task;

    /// <param name="standingBy">Called once if another host has the name.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task AcquireAsync(Action standingBy, CancellationToken cancellation)
    {
        bool isTaken = false;
        await HostStorage.WhileSlowAsync(
            async () =>
            {
                await EnsureBlobAsync(cancellation);
                isTaken = await TryTakeAsync(cancellation);
            },
            _log, cancellation);
        if (!isTaken)
        {
            _log.LogWarning("Another host has the name {Name}; this one is standing by", _name);
            standingBy();
            do
                await Task.Delay(LookAgain, cancellation);
            while (!await TryTakeLaterAsync(cancellation));
        }
        _renewal = RenewAsync();
    }

    /// <summary>
    /// Asks the storage whether the host still has its name. If not, either it is <see cref="Lost"/> or the storage did not respond.
    /// </summary>
    public Task<bool> IsHeldAsync() => TryRenewAsync();

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
            _log.LogInformation("The lease on the name {Name} was not released and will expire: {Reason}", _name, failure.Message);
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
            // It already exists and might be leased.
        }
    }

    /// <summary>Returns false if another host has the name and might be alive.</summary>
    private async Task<bool> TryTakeAsync(CancellationToken cancellation)
    {
        if (await TryAcquireAsync(cancellation))
            return true;
        if (await HolderAsync(cancellation) is not { } holder || !ProcessIdentity.IsKnownDead(holder))
            return false;
        try
        {
            await _lease.BreakAsync(TimeSpan.Zero, cancellationToken: cancellation);
            _log.LogInformation("The host that had the name {Name} has ended; breaking its lease", _name);
        }
        catch (RequestFailedException free) when (free.Status == 409)
        {
            // The lease was released in the meantime.
        }
        return await TryAcquireAsync(cancellation);
    }

    /// <summary>A standing-by host waits while the storage is unreachable.</summary>
    private async Task<bool> TryTakeLaterAsync(CancellationToken cancellation)
    {
        try
        {
            return await TryTakeAsync(cancellation);
        }
        catch (Exception failure) when (IsStorageFailure(failure) && !cancellation.IsCancellationRequested)
        {
            return false;
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

    /// <summary>Returns true if the lease was renewed, or was lost and taken again.</summary>
    /// <remarks>
    /// While the storage is unreachable the host keeps trying: it can do no work on the hub in that time. An expired lease can still be
    /// renewed unless another host has taken it.
    /// </remarks>
    private async Task<bool> TryRenewAsync()
    {
        try
        {
            await _lease.RenewAsync(cancellationToken: _released.Token);
            return true;
        }
        catch (RequestFailedException gone) when (gone.Status is 404 or 409 or 412)
        {
            return await TryTakeAgainAsync(gone.ErrorCode);
        }
        catch (Exception failure) when (IsStorageFailure(failure))
        {
            return false;
        }
    }

    private async Task<bool> TryTakeAgainAsync(string? reason)
    {
        try
        {
            await EnsureBlobAsync(_released.Token);
            if (await TryAcquireAsync(_released.Token))
            {
                _log.LogWarning("The lease on the name {Name} was lost and has been taken again: {Reason}", _name, reason);
                return true;
            }
            _log.LogCritical("The name {Name} now belongs to another host: {Reason}", _name, reason);
            _lost.TrySetResult();
        }
        catch (Exception failure) when (IsStorageFailure(failure))
        {
            _log.LogDebug(failure, "The storage did not respond");
        }
        return false;
    }

    private static bool IsStorageFailure(Exception failure) =>
        failure is RequestFailedException or AggregateException or OperationCanceledException;
}
