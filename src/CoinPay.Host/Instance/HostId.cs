using CoinPay.Host.Configuration;
using Microsoft.Azure.WebJobs.Host.Executors;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Host.Instance;

/// <summary>
/// The id under which hosts of one app keep timer statuses and locks: <c>AzureFunctionsWebHost__hostid</c>, or the task hub's name if that
/// is not set.
/// </summary>
internal sealed class HostId(IConfiguration configuration) : IHostIdProvider
{
    private const string DefaultHub = "TestHubName";

    public static string Of(IConfiguration configuration) => (configuration["AzureFunctionsWebHost:hostid"]
        ?? configuration[$"{HostConfiguration.HostSection}:extensions:durableTask:hubName"] ?? DefaultHub).ToLowerInvariant();

    public Task<string> GetHostIdAsync(CancellationToken cancellationToken) => Task.FromResult(Of(configuration));
}
