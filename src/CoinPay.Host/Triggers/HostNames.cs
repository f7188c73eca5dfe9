using CoinPay.Host.Configuration;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Host.Executors;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Host.Triggers;

/// <summary>Settings that triggers name between percent signs, and what the Durable extension asks about the machine.</summary>
internal sealed class HostNames(HostConfiguration configuration) : INameResolver
{
    public string? Resolve(string name) => name switch
    {
        // Together the name under which the extension holds partitions of the task hub. Otherwise it would take the machine's.
        "WEBSITE_CURRENT_STAMPNAME" => "coinpay",
        "RoleInstanceId" => configuration.Settings.Name,
        // In a container the extension would take the machine for Azure's Consumption plan, and print its events for that plan.
        "CONTAINER_NAME" => null,
        _ => configuration.Root[name] ?? configuration.Root[name.Replace("__", ":", StringComparison.Ordinal)],
    };
}

/// <summary>
/// Under which id hosts of one app keep timers' statuses and locks: <c>AzureFunctionsWebHost__hostid</c>, and the task hub's name if it
/// is not set.
/// </summary>
internal sealed class HostId(IConfiguration configuration) : IHostIdProvider
{
    private const string DefaultHub = "TestHubName";

    public static string Of(IConfiguration configuration) => (configuration["AzureFunctionsWebHost:hostid"]
        ?? configuration[$"{HostConfiguration.HostSection}:extensions:durableTask:hubName"] ?? DefaultHub).ToLowerInvariant();

    public Task<string> GetHostIdAsync(CancellationToken cancellationToken) => Task.FromResult(Of(configuration));
}
