using CoinPay.Testing.Storage;

namespace CoinPay.Simulation.Runtime;

/// <summary>
/// Another writer of the same rows, just before the app: it writes the same content, but the app's ETag becomes stale.
/// </summary>
internal static class SecondWriter
{
    private static readonly Dictionary<string, string[]> Shared = new(StringComparer.Ordinal)
    {
        ["Invoices"] = ["snapshot"],
        ["Chains"] = ["cursor"],
        ["Merchants"] = ["counter!", "endpoint!"],
        ["Deliveries"] = ["evt_"],
        ["Watches"] = ["pending!", "poller!"],
    };

    public static void Write(World world, StorageOperation operation)
    {
        if (!Shared.TryGetValue(operation.Container, out string[]? prefixes))
            return;
        IEnumerable<(string Partition, string Row)> rows = operation.Action switch
        {
            StorageAction.Transaction => operation.Rows.Where(row => IsConditional(row.Action)).Select(row => (row.Partition, row.Row)),
            _ when IsConditional(operation.Action) => [(operation.Partition!, operation.Key!)],
            _ => [],
        };
        foreach ((string partition, string row) in rows.Where(row => Array.Exists(prefixes, row.Row.StartsWith)))
            Touch(world, operation.Container, partition, row);
    }

    private static bool IsConditional(StorageAction action) =>
        action is StorageAction.UpdateReplace or StorageAction.UpdateMerge or StorageAction.DeleteEntity;

    private static void Touch(World world, string table, string partition, string row)
    {
        if (world.Write(table, StorageAction.UpdateMerge, partition, row))
            world.Strike(Fault.Conflict);
    }
}
