using Azure.Data.Tables;
using CoinPay.Core;

namespace CoinPay.Functions.Tests.Simulation;

/// <summary>
/// At any moment: what the chain shows of an invoice is booked, or its pending row still stands. Whoever took the row away before
/// the commit would lose a payment in a crash between the two.
/// </summary>
internal static class AcknowledgementCheck
{
    public static void Require(Audit audit)
    {
        List<TableEntity> rows = audit.Rows("Watches", "RowKey ge 'pending!' and RowKey lt 'view!~'");
        HashSet<string> pending = rows
            .Where(row => row.RowKey.StartsWith("pending!", StringComparison.Ordinal))
            .Select(row => row.RowKey["pending!".Length..])
            .ToHashSet(StringComparer.Ordinal);
        foreach (TableEntity view in rows.Where(row => row.RowKey.StartsWith("view!", StringComparison.Ordinal)))
        {
            string invoiceId = view.RowKey.Split('!')[1];
            if (!pending.Contains(invoiceId) && audit.Find(invoiceId) is { } invoice)
                invoice.Require(IsBooked(invoice.State, view), $"{view.GetString("TransactionHash")} counts as taken up and is not booked as it is shown");
        }
    }

    private static bool IsBooked(Invoice state, TableEntity view)
    {
        Transfer? booked = state.Transfers.GetValueOrDefault($"{view.GetString("TransactionHash")}.{view.GetString("Ordinal")}");
        return view.GetString("Lost") is { } lost
            ? booked is null || booked.Status.ToString() == lost
            : booked is { Stands: true } && booked.Block?.Hash == view.GetString("BlockHash");
    }
}
