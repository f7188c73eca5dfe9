using System.Globalization;
using Azure;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using CoinPay.Functions.Platform;

namespace CoinPay.Functions.Access;

/// <summary>
/// The audit log's lines once more, appended to blobs of a container whose immutability policy (infra/storage.bicep) lets
/// nobody change or delete them, the gateway's own identity included. A line may be there twice after a lost answer: its
/// <c>id</c> and <c>part</c> say so. Source: https://learn.microsoft.com/azure/storage/blobs/immutable-time-based-retention-policy-overview
/// </summary>
internal sealed class AuditArchive(BlobServiceClient blobs, TimeProvider clock)
{
    public const string Container = "audit";

    /// <summary>A call does not wait longer for its record: it is refused.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Appends a line of JSON to the blob of the hour.</summary>
    /// <exception cref="RequestFailedException">It cannot be appended, or not in time.</exception>
    public async Task AppendAsync(object line, CancellationToken cancellation)
    {
        byte[] bytes = [.. Json.Bytes(line), (byte)'\n'];
        DateTimeOffset now = clock.GetUtcNow();
        using CancellationTokenSource limit = new(Limit, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            await AppendAsync(now, bytes, either.Token).WaitAsync(either.Token);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested
            && failure is OperationCanceledException or AggregateException or IOException or AuthenticationFailedException)
        {
            throw new RequestFailedException("the audit archive did not answer", failure);
        }
    }

    /// <summary>A blob takes 50,000 lines; a busy hour goes on by minutes.</summary>
    private async Task AppendAsync(DateTimeOffset now, byte[] line, CancellationToken cancellation)
    {
        if (!await TryAppendAsync(BlobOf(now, "yyyy/MM/dd/HH"), line, cancellation)
            && !await TryAppendAsync(BlobOf(now, "yyyy/MM/dd/HH-mm"), line, cancellation))
            throw new RequestFailedException("the audit archive is full for this minute");
    }

    private AppendBlobClient BlobOf(DateTimeOffset at, string format) => blobs.GetBlobContainerClient(Container)
        .GetAppendBlobClient(at.UtcDateTime.ToString(format, CultureInfo.InvariantCulture) + ".jsonl");

    /// <summary>Returns false if the blob is full.</summary>
    private async Task<bool> TryAppendAsync(AppendBlobClient blob, byte[] line, CancellationToken cancellation)
    {
        try
        {
            await AppendAsync(blob, line, cancellation);
        }
        catch (RequestFailedException missing) when (IsOneOf(missing, BlobErrorCode.BlobNotFound, BlobErrorCode.ContainerNotFound))
        {
            // In Azure the deployment has created the container, with its policy.
            if (missing.ErrorCode == BlobErrorCode.ContainerNotFound)
                await blobs.GetBlobContainerClient(Container).CreateIfNotExistsAsync(cancellationToken: cancellation);
            await blob.CreateIfNotExistsAsync(cancellationToken: cancellation);
            await AppendAsync(blob, line, cancellation);
        }
        catch (RequestFailedException full) when (IsOneOf(full, BlobErrorCode.BlockCountExceedsLimit))
        {
            return false;
        }
        return true;
    }

    private static async Task AppendAsync(AppendBlobClient blob, byte[] line, CancellationToken cancellation)
    {
        using MemoryStream content = new(line);
        await blob.AppendBlockAsync(content, cancellationToken: cancellation);
    }

    private static bool IsOneOf(RequestFailedException failure, params ReadOnlySpan<BlobErrorCode> codes)
    {
        foreach (BlobErrorCode code in codes)
            if (failure.ErrorCode == code.ToString())
                return true;
        return false;
    }
}
