using Azure;
using Azure.Data.Tables;
using CoinPay.Embedded.Storage;

namespace CoinPay.Functions.Tests.Simulation;

/// <summary>
/// Somebody else who writes the same rows, a moment before the app does: what it wrote says the same, but the app's tag is stale.
/// </summary>
internal static class SecondWriter
{
    private static readonly Dictionary<string, string[]> Shared = new(StringComparer.Ordinal)
    {
        ["Invoices"] = ["invoice"],
        ["Chains"] = ["cursor"],
        ["Merchants"] = ["counter!", "endpoint!"],
        ["Deliveries"] = ["evt_"],
        ["Watches"] = ["pending!"],
        ["HubInstances"] = ["state"],
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
            world.Quietly(() => Touch(world, operation.Container, partition, row));
    }

    private static bool IsConditional(StorageAction action) =>
        action is StorageAction.UpdateReplace or StorageAction.UpdateMerge or StorageAction.DeleteEntity;

    private static bool Touch(World world, string table, string partition, string row)
    {
        try
        {
            world.Storage.TableService().GetTableClient(table)
                .UpdateEntity(new TableEntity(partition, row), ETag.All, TableUpdateMode.Merge);
            world.Strike(Fault.Conflict);
            return true;
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return false;
        }
    }
}
