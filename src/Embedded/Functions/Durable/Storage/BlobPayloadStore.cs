using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace CoinPay.Embedded.Durable.Storage;

/// <summary>Blobs of the container <c>&lt;hub&gt;-largemessages</c>, which comes into being with the first.</summary>
internal sealed class BlobPayloadStore(string connection, string hubName) : IPayloadStore
{
    private readonly BlobContainerClient _container = new(connection, hubName.ToLowerInvariant() + "-largemessages");

    public async Task PutAsync(string name, string text, CancellationToken cancellation)
    {
        try
        {
            await UploadAsync(name, text, cancellation);
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await _container.CreateIfNotExistsAsync(cancellationToken: cancellation);
            await UploadAsync(name, text, cancellation);
        }
    }

    public async Task<string> GetAsync(string name, CancellationToken cancellation)
    {
        Response<BlobDownloadResult> blob = await _container.GetBlobClient(name).DownloadContentAsync(cancellation);
        return blob.Value.Content.ToString();
    }

    public async Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellation)
    {
        List<string> names = [];
        try
        {
            await foreach (BlobItem blob in _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellation))
                names.Add(blob.Name);
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
        }
        return names;
    }

    public async Task DeleteAsync(string name, CancellationToken cancellation) =>
        await _container.GetBlobClient(name).DeleteIfExistsAsync(cancellationToken: cancellation);

    private async Task UploadAsync(string name, string text, CancellationToken cancellation) =>
        await _container.GetBlobClient(name).UploadAsync(BinaryData.FromString(text), overwrite: true, cancellation);
}
