using CoinPay.Host.Configuration;
using Microsoft.Azure.WebJobs;

namespace CoinPay.Host.Triggers;

/// <summary>Resolves settings that triggers name between percent signs, and what the Durable extension asks about the machine.</summary>
internal sealed class HostNames(HostConfiguration configuration) : INameResolver
{
    public string? Resolve(string name) => name switch
    {
        // Together these are the name under which the extension holds task hub partitions. Otherwise it would use the machine's.
        "WEBSITE_CURRENT_STAMPNAME" => "coinpay",
        "RoleInstanceId" => configuration.Settings.Name,
        // In a container the extension would assume Azure's Consumption plan and print its events for that plan.
        "CONTAINER_NAME" => null,
        _ => configuration.Root[name] ?? configuration.Root[name.Replace("__", ":", StringComparison.Ordinal)],
    };
}
