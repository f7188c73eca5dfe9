using CoinPay.Core;
using CoinPay.Testing.Storage.Tables;

namespace CoinPay.Functions.Tests.Simulation;

/// <summary>
/// At any moment: what the chain shows of an invoice is booked, or its pending row still stands. Whoever took the row away before
/// the commit would lose a payment in a crash between the two.
/// </summary>
internal static class AcknowledgementCheck
{
    public static void Require(Audit audit)
    {
        List<Row> rows = [.. audit.Rows("Watches")];
        HashSet<string> pending = rows
            .Where(row => row.Key.StartsWith("pending!", StringComparison.Ordinal))
            .Select(row => row.Key["pending!".Length..])
            .ToHashSet(StringComparer.Ordinal);
        foreach (Row view in rows.Where(row => row.Key.StartsWith("view!", StringComparison.Ordinal)))
        {
            string invoiceId = view.Key.Split('!')[1];
            if (!pending.Contains(invoiceId) && audit.Find(invoiceId) is { } invoice)
                invoice.Require(IsBooked(invoice.State, view), $"{view.Text("TransactionHash")} counts as taken up and is not booked as it is shown");
        }
    }

    private static bool IsBooked(Invoice state, Row view)
    {
        Transfer? booked = state.Transfers.GetValueOrDefault($"{view.Text("TransactionHash")}.{view.Text("Ordinal")}");
        return view.Text("Lost") is { } lost
            ? booked is null || WireName.Of(booked.Status) == lost
            : booked is { Stands: true } && booked.Block?.Hash == view.Text("BlockHash");
    }
}
