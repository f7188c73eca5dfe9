using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace CoinPay.Embedded.Durable.Ownership;

/// <summary>The lease on the blob <c>owner</c> in the container <c>&lt;hub&gt;-leases</c>; its metadata names the holder.</summary>
internal sealed class BlobLease(string connection, string hubName) : ILease
{
    private const string OwnerKey = "owner";

    private readonly BlobContainerClient _container = new(connection, hubName.ToLowerInvariant() + "-leases");

    private BlobClient Blob => _container.GetBlobClient("owner");

    public async Task<bool> TryAcquireAsync(string leaseId, TimeSpan duration, string owner, CancellationToken cancellation)
    {
        await EnsureBlobAsync(cancellation);
        try
        {
            await Blob.GetBlobLeaseClient(leaseId).AcquireAsync(duration, cancellationToken: cancellation);
        }
        catch (RequestFailedException held) when (held.Status == 409)
        {
            return false;
        }
        await Blob.SetMetadataAsync(
            new Dictionary<string, string> { [OwnerKey] = owner }, new BlobRequestConditions { LeaseId = leaseId }, cancellation);
        return true;
    }

    public Task RenewAsync(string leaseId, CancellationToken cancellation) =>
        Blob.GetBlobLeaseClient(leaseId).RenewAsync(cancellationToken: cancellation);

    public Task ReleaseAsync(string leaseId, CancellationToken cancellation) =>
        Blob.GetBlobLeaseClient(leaseId).ReleaseAsync(cancellationToken: cancellation);

    public async Task<string?> OwnerAsync(CancellationToken cancellation)
    {
        BlobProperties properties = await Blob.GetPropertiesAsync(cancellationToken: cancellation);
        return properties.Metadata.TryGetValue(OwnerKey, out string? owner) ? owner : null;
    }

    public Task BreakAsync(CancellationToken cancellation) =>
        Blob.GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: cancellation);

    private async Task EnsureBlobAsync(CancellationToken cancellation)
    {
        if (await Blob.ExistsAsync(cancellation))
            return;
        await _container.CreateIfNotExistsAsync(cancellationToken: cancellation);
        try
        {
            await Blob.UploadAsync(
                BinaryData.FromString(string.Empty),
                new BlobUploadOptions { Conditions = new() { IfNoneMatch = ETag.All } },
                cancellation);
        }
        catch (RequestFailedException exists) when (exists.Status is 409 or 412)
        {
        }
    }
}
