using Azure;
using Azure.Core;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace CoinPay.Host.Instance;

/// <summary>The storage account that the host itself uses: the connection string <c>AzureWebJobsStorage</c>.</summary>
internal static class HostStorage
{
    private const string Setting = "AzureWebJobsStorage";
    private const string Container = "azure-webjobs-hosts";

    /// <summary>
    /// The limit for one attempt of a request; there are two. Storage on a busy machine can be slow, and storage that is not running
    /// refuses at once.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>A host that starts beside other work waits this long for storage that accepts requests but is slow to answer them.</summary>
    private static readonly TimeSpan SlowStartLimit = TimeSpan.FromMinutes(3);

    /// <summary>The container of what hosts share: timer statuses, locks, names.</summary>
    /// <exception cref="StartException">The setting is missing or malformed. The message does not repeat it: it holds a key.</exception>
    public static BlobContainerClient HostsContainer(IConfiguration configuration) => Blobs(configuration).GetBlobContainerClient(Container);

    /// <summary>Creates the hosts' container.</summary>
    /// <exception cref="StartException">The storage cannot be reached, or refuses the key.</exception>
    public static async Task PrepareAsync(BlobContainerClient container, ILogger log, CancellationToken cancellation)
    {
        try
        {
            await WhileSlowAsync(() => container.CreateIfNotExistsAsync(cancellationToken: cancellation), log, cancellation);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested
            && failure is RequestFailedException or AggregateException or OperationCanceledException)
        {
            string why = failure is RequestFailedException { Status: > 0 } refused
                ? $"{refused.Status} {refused.ErrorCode}"
                : failure.GetBaseException().Message;
            throw new StartException($"The storage of {Setting} at {container.Uri.GetLeftPart(UriPartial.Authority)} cannot be used: {why}.");
        }
    }

    /// <summary>
    /// Makes a call of the host's start again while the storage is only slow. Any other failure is thrown at once, and so is the last one
    /// after the limit.
    /// </summary>
    public static async Task WhileSlowAsync(Func<Task> call, ILogger log, CancellationToken cancellation)
    {
        for (long from = TimeProvider.System.GetTimestamp(); ;)
        {
            try
            {
                await call();
                return;
            }
            catch (Exception failure) when (IsTimeout(failure)
                && !cancellation.IsCancellationRequested && TimeProvider.System.GetElapsedTime(from) < SlowStartLimit)
            {
                log.LogWarning("The storage of {Setting} did not answer within {Patience}; trying again", Setting, Patience);
            }
        }
    }

    /// <summary>Whether every attempt of a request ended at its own time limit.</summary>
    private static bool IsTimeout(Exception failure) => failure is AggregateException attempts
        ? attempts.Flatten().InnerExceptions.All(attempt => attempt is OperationCanceledException)
        : failure is OperationCanceledException;

    /// <summary>Whether the storage responds before the cancellation.</summary>
    public static async Task<bool> AnswersAsync(BlobContainerClient container, CancellationToken cancellation)
    {
        try
        {
            await container.ExistsAsync(cancellation);
            return true;
        }
        catch (Exception failure) when (failure is RequestFailedException or AggregateException or OperationCanceledException)
        {
            return false;
        }
    }

    private static BlobServiceClient Blobs(IConfiguration configuration)
    {
        string connection = configuration[Setting] is { Length: > 0 } given
            ? given
            : throw new StartException($"{Setting} is not set: the connection string of a storage account or of Azurite.");
        BlobClientOptions options = new() { Retry = { MaxRetries = 1, Mode = RetryMode.Fixed, NetworkTimeout = Patience } };
        try
        {
            return new(connection, options);
        }
        catch (Exception malformed) when (malformed is FormatException or ArgumentException)
        {
            throw new StartException($"{Setting} is not a connection string of a storage account.");
        }
    }
}
