using Azure.Core;
using Azure.Core.Pipeline;

namespace CoinPay.Functions.Platform.Telemetry;

/// <summary>Counts every request to storage, including retries: each is a billed operation.</summary>
internal sealed class CountStorageOperations(string service) : HttpPipelinePolicy
{
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            ProcessNext(message, pipeline);
        }
        finally
        {
            Count(message);
        }
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        finally
        {
            Count(message);
        }
    }

    private void Count(HttpMessage message) => StorageInstruments.Asked(service, message.HasResponse ? message.Response.Status : null);
}
