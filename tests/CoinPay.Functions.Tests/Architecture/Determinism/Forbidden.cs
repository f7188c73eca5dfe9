namespace CoinPay.Functions.Tests.Architecture.Determinism;

/// <summary>
/// What an orchestrator must not do, because a replay would see something else: clocks, chance, threads, input and output. The
/// published analyzers (Microsoft.DurableTask.Analyzers, DURABLE0001 to 0008) report part of it while the app compiles, where plain
/// calls lead to it; the same names stand here for what is reached through constructors, interfaces, overrides and generic types.
/// Source: https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-code-constraints
/// </summary>
internal static class Forbidden
{
    private const string Any = "*";

    private static readonly Dictionary<string, string[]> Members = new(StringComparer.Ordinal)
    {
        ["System.DateTime"] = ["get_Now", "get_UtcNow", "get_Today"],
        ["System.DateTimeOffset"] = ["get_Now", "get_UtcNow"],
        ["System.TimeProvider"] = [Any],
        ["System.Diagnostics.Stopwatch"] = [Any],
        ["System.Diagnostics.Process"] = [Any],
        ["System.Guid"] = ["NewGuid", "CreateVersion7"],
        ["System.Random"] = [Any],
        ["System.Security.Cryptography.RandomNumberGenerator"] = [Any],
        // What goes on from the thread pool is not the orchestrator's any more.
        ["System.Threading.Tasks.Task"] =
            ["Delay", "Run", "Yield", "get_Factory", "ConfigureAwait", "ContinueWith", "Wait"],
        ["System.Threading.Tasks.Task`1"] = ["get_Factory", "ConfigureAwait", "ContinueWith"],
        ["System.Threading.Tasks.TaskFactory"] = [Any],
        ["System.Threading.Tasks.TaskFactory`1"] = [Any],
        ["System.Threading.Tasks.Parallel"] = [Any],
        ["System.Threading.Thread"] = [Any],
        ["System.Threading.ThreadPool"] = [Any],
        ["System.Threading.Timer"] = [Any],
        ["System.Threading.PeriodicTimer"] = [Any],
        ["System.Timers.Timer"] = [Any],
        ["System.Threading.CancellationTokenSource"] = ["CancelAsync", "CancelAfter"],
        ["System.Environment"] = [Any],
        ["System.Console"] = [Any],
    };

    private static readonly string[] Namespaces = ["System.Net.", "Azure."];

    private static readonly string[] MutableCollections =
        ["List`1", "Dictionary`2", "HashSet`1", "Queue`1", "Stack`1", "SortedDictionary`2"];

    public static bool IsMember(string type, string member) =>
        (Members.TryGetValue(type, out string[]? members) && (members[0] == Any || members.Contains(member)))
        || Namespaces.Any(space => type.StartsWith(space, StringComparison.Ordinal))
        || IsInputOrOutput(type);

    /// <summary>
    /// Whether a static field of this type holds what can change although the field itself is readonly.
    /// </summary>
    public static bool IsMutable(string type) =>
        type.EndsWith("[]", StringComparison.Ordinal)
        || type.StartsWith("System.Collections.Concurrent.", StringComparison.Ordinal)
        || MutableCollections.Any(collection => type == "System.Collections.Generic." + collection);

    private static bool IsInputOrOutput(string type) =>
        type.StartsWith("System.IO.", StringComparison.Ordinal)
        && (type.Contains("File", StringComparison.Ordinal)
            || type.Contains("Directory", StringComparison.Ordinal)
            || type.Contains("Stream", StringComparison.Ordinal)
            || type.Contains("Drive", StringComparison.Ordinal));
}
