namespace CoinPay.Host.Configuration;

/// <summary>
/// Overrides host.json on one machine with values that cost less and recover faster than the settings for many instances in Azure.
/// <c>AzureFunctionsJobHost__…</c> in the environment overrides each; <c>--deployed-host-json</c> leaves them all out.
/// </summary>
internal static class OneMachine
{
    public static IReadOnlyDictionary<string, string?> HostJson { get; } = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
    {
        // Every partition is a queue to poll. Instances kept in memory between turns do not replay their histories.
        ["extensions:durableTask:storageProvider:partitionCount"] = "1",
        ["extensions:durableTask:extendedSessionsEnabled"] = "true",
        ["extensions:durableTask:extendedSessionIdleTimeoutInSeconds"] = "30",
        // Polling a queue costs nothing on one machine: a payment is reported within a second of the poll that found it.
        ["extensions:durableTask:storageProvider:maxQueuePollingInterval"] = "00:00:00.500",
        ["extensions:queues:maxPollingInterval"] = "00:00:00.500",
        // After a kill, work in progress comes back when these expire. Less than a minute is refused. CoinPay's
        // own host.json has the same values; an app whose host.json has none would wait for five minutes.
        ["extensions:durableTask:storageProvider:controlQueueVisibilityTimeout"] = "00:01:00",
        ["extensions:durableTask:storageProvider:workItemQueueVisibilityTimeout"] = "00:01:00",
        ["extensions:durableTask:maxConcurrentActivityFunctions"] = "32",
        ["extensions:durableTask:maxConcurrentOrchestratorFunctions"] = "200",
        // Otherwise it warns at each start that it might trace. The app's own spans cover an invoice's whole life.
        ["extensions:durableTask:tracing:distributedTracingEnabled"] = "true",
        ["extensions:durableTask:tracing:version"] = "None",
        // Timers of a killed host wait until its locks expire, and then until the next check.
        ["singleton:listenerLockPeriod"] = "00:00:15",
        ["singleton:listenerLockRecoveryPollingInterval"] = "00:00:15",
        // The SDKs log each call, in addition to the app's own lines. Azure.Core warns whenever a blob or row does not exist.
        ["logging:logLevel:Azure.Core"] = "Error",
        ["logging:logLevel:Function."] = "Warning",
        ["logging:logLevel:Host."] = "Warning",
        ["logging:logLevel:Host.Results"] = "None",
        ["logging:logLevel:Microsoft.AspNetCore.DataProtection"] = "Error",
    };
}
