using Microsoft.Extensions.Configuration;

namespace CoinPay.Embedded.Hosting;

/// <summary>Storage connection strings of the configuration, found as the real host finds them.</summary>
internal static class StorageConnection
{
    private const string Default = "AzureWebJobsStorage";

    public static string Find(IConfiguration configuration, string? name = null)
    {
        name ??= Default;
        return configuration.GetConnectionString(name) ?? configuration[name] ?? configuration["AzureWebJobs" + name]
            ?? throw new InvalidOperationException($"The storage connection '{name}' is not configured.");
    }
}
