using CoinPay.Host.Configuration;
using Microsoft.Azure.WebJobs;

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
