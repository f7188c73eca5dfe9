namespace CoinPay.Host.Configuration;

/// <summary>
/// What is put over host.json on one machine, where it costs less and recovers sooner than the settings for many instances in Azure.
/// <c>AzureFunctionsJobHost__…</c> of the environment overrides each; <c>--deployed-host-json</c> leaves all out.
/// </summary>
internal static class OneMachine
{
    public static IReadOnlyDictionary<string, string?> HostJson { get; } = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
    {
        // Every partition is a queue to poll. Instances in memory between turns need not replay their histories.
        ["extensions:durableTask:storageProvider:partitionCount"] = "1",
        ["extensions:durableTask:extendedSessionsEnabled"] = "true",
        ["extensions:durableTask:extendedSessionIdleTimeoutInSeconds"] = "30",
        // A look at a queue costs nothing on one machine: a payment is told of within a second of the poll that found it.
        ["extensions:durableTask:storageProvider:maxQueuePollingInterval"] = "00:00:00.500",
        ["extensions:queues:maxPollingInterval"] = "00:00:00.500",
        // After a kill, what was under way comes back when these run out. Less than a minute is refused. CoinPay's
        // own host.json says so too; an app whose host.json says nothing would wait for five.
        ["extensions:durableTask:storageProvider:controlQueueVisibilityTimeout"] = "00:01:00",
        ["extensions:durableTask:storageProvider:workItemQueueVisibilityTimeout"] = "00:01:00",
        ["extensions:durableTask:maxConcurrentActivityFunctions"] = "32",
        ["extensions:durableTask:maxConcurrentOrchestratorFunctions"] = "200",
        // It would warn at each start that it might trace. The app's own spans tell of an invoice's whole life.
        ["extensions:durableTask:tracing:distributedTracingEnabled"] = "true",
        ["extensions:durableTask:tracing:version"] = "None",
        // Timers of a killed host wait until its locks run out, and then until the next look for them.
        ["singleton:listenerLockPeriod"] = "00:00:15",
        ["singleton:listenerLockRecoveryPollingInterval"] = "00:00:15",
        // Lines of the SDKs about each call, beside those of the app. Azure.Core warns whenever a blob or row does not exist.
        ["logging:logLevel:Azure.Core"] = "Error",
        ["logging:logLevel:Function."] = "Warning",
        ["logging:logLevel:Host."] = "Warning",
        ["logging:logLevel:Host.Results"] = "None",
        ["logging:logLevel:Microsoft.AspNetCore.DataProtection"] = "Error",
    };
}
