using CoinPay.Core;
using CoinPay.Testing.Storage.Tables;

namespace CoinPay.Simulation.Checks;

/// <summary>
/// At any moment: what the chain shows of an invoice is booked, or its pending row still stands; and a payment that the stored
/// cursor shows as deep enough is confirmed, or its pending row or the row of its depth still stands. Whoever took the row away
/// before the commit would lose a payment in a crash between the two.
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
        HashSet<string> awaited = rows
            .Where(row => row.Key.StartsWith("depth!", StringComparison.Ordinal))
            .Select(row => row.Key.Split('!')[4])
            .ToHashSet(StringComparer.Ordinal);
        foreach (Row view in rows.Where(row => row.Key.StartsWith("view!", StringComparison.Ordinal)))
        {
            string invoiceId = view.Key.Split('!')[1];
            if (pending.Contains(invoiceId) || audit.Find(invoiceId) is not { } invoice)
                continue;
            invoice.Require(IsBooked(invoice.State, view), $"{view.Text("TransactionHash")} counts as taken up and is not booked as it is shown");
            invoice.Require(
                awaited.Contains(invoiceId) || !IsDeepUnseen(audit, invoice.State, view),
                $"{view.Text("TransactionHash")} is deep enough, and nothing asks for that to be booked");
        }
    }

    /// <summary>Whether the cursor shows a transfer as deep as asked, and the invoice does not know it as confirmed.</summary>
    private static bool IsDeepUnseen(Audit audit, Invoice state, Row view)
    {
        Transfer? booked = state.Transfers.GetValueOrDefault($"{view.Text("TransactionHash")}.{view.Text("Ordinal")}");
        if (booked is not { Status: TransferStatus.Confirming, Block: { } block })
            return false;
        Row? cursor = audit.Rows("Chains").FirstOrDefault(row => row.Partition == view.Text("Network") && row.Key == "cursor");
        return cursor is not null && state.Terms.Confirmation.Required.Tag switch
        {
            FinalityTag.Safe => cursor.Value("Safe") is long safe && safe >= block.Height,
            FinalityTag.Finalized => cursor.Value("Finalized") is long finalized && finalized >= block.Height,
            _ => cursor.Value("Height") is long height && height - block.Height + 1 >= state.Terms.Confirmation.Required.Blocks,
        };
    }

    private static bool IsBooked(Invoice state, Row view)
    {
        Transfer? booked = state.Transfers.GetValueOrDefault($"{view.Text("TransactionHash")}.{view.Text("Ordinal")}");
        return view.Text("Lost") is { } lost
            ? booked is null || WireName.Of(booked.Status) == lost
            : booked is { Stands: true } && booked.Block?.Hash == view.Text("BlockHash");
    }
}
