using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using CoinPay.Chains;
using CoinPay.Functions.Platform.Telemetry;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Functions.Platform.Storage;

/// <summary>
/// Table, queue and blob clients from <c>AzureWebJobsStorage</c>: a connection string, or
/// <c>AzureWebJobsStorage__accountName</c> (or <c>…__tableServiceUri</c>, <c>…__queueServiceUri</c> and <c>…__blobServiceUri</c>) with the app's
/// identity.
/// Source: https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
/// </summary>
internal static class StorageClients
{
    /// <summary>The suffix that the queue trigger appends to a queue's name to form its poison queue's name.</summary>
    public const string PoisonSuffix = "-poison";

    private const string Section = "AzureWebJobsStorage";

    public static TableServiceClient Tables(IConfiguration configuration, TokenCredential identity)
    {
        TableClientOptions options = new();
        options.AddPolicy(new CountStorageOperations("table"), HttpPipelinePosition.PerRetry);
        return configuration[Section] is { Length: > 0 } connection
            ? new(connection, options)
            : new(ServiceUri(configuration, "table"), identity, options);
    }

    public static QueueServiceClient Queues(IConfiguration configuration, TokenCredential identity)
    {
        QueueClientOptions options = QueueOptions();
        options.AddPolicy(new CountStorageOperations("queue"), HttpPipelinePosition.PerRetry);
        return configuration[Section] is { Length: > 0 } connection
            ? new(connection, options)
            : new(ServiceUri(configuration, "queue"), identity, options);
    }

    public static BlobServiceClient Blobs(IConfiguration configuration, TokenCredential identity)
    {
        BlobClientOptions options = new();
        options.AddPolicy(new CountStorageOperations("blob"), HttpPipelinePosition.PerRetry);
        return configuration[Section] is { Length: > 0 } connection
            ? new(connection, options)
            : new(ServiceUri(configuration, "blob"), identity, options);
    }

    /// <summary>
    /// Messages are base64, as the Functions host's queue trigger expects. A message that is not base64 does not come from
    /// the gateway; it is dropped from the poison queue on which it is found.
    /// </summary>
    public static QueueClientOptions QueueOptions()
    {
        QueueClientOptions options = new() { MessageEncoding = QueueMessageEncoding.Base64 };
        options.MessageDecodingFailed += async failed =>
        {
            if (failed.ReceivedMessage is not { } message)
                return;
            await failed.Queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, failed.CancellationToken);
            StorageInstruments.FoundPoisoned(failed.Queue.Name.Replace(PoisonSuffix, "", StringComparison.Ordinal));
        };
        return options;
    }

    private static Uri ServiceUri(IConfiguration configuration, string service) =>
        configuration[$"{Section}:{service}ServiceUri"] is { Length: > 0 } uri
            ? new(uri)
            : AccountUri(configuration[$"{Section}:accountName"], service);

    private static Uri AccountUri(string? account, string service) => account is { Length: > 0 }
        ? new($"https://{account}.{service}.core.windows.net")
        : throw new SettingsException(
            "AzureWebJobsStorage is not set: set it to a connection string, or set AzureWebJobsStorage__accountName.");
}
