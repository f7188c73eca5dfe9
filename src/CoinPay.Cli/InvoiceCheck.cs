using System.Numerics;
using System.Text.Json;
using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Cli;

/// <summary>The state that an invoice's rows add up to, and the differences between them.</summary>
/// <param name="State">The state its events fold to; null if they cannot be folded.</param>
internal sealed record CheckedInvoice(Invoice? State, IReadOnlyList<string> Differences);

/// <summary>
/// Checks that the rows of an invoice's partition agree: the events chain by hash and fold to the snapshot and the stored
/// transfers, and the ledger's lines add up to the state's balances.
/// </summary>
internal static class InvoiceCheck
{
    public static CheckedInvoice Of(InvoiceRows rows)
    {
        if (rows.Snapshot is not { } snapshot)
            return new(null, ["has rows but no snapshot"]);
        try
        {
            List<string> differences = [.. Chain(rows, snapshot)];
            Invoice state = Fold(rows.Events);
            differences.AddRange(Snapshot(state, snapshot));
            differences.AddRange(Transfers(state, rows.Transfers));
            differences.AddRange(Books(state, rows.Lines));
            return new(state, differences);
        }
        catch (Exception unreadable) when (unreadable is JsonException or BugException or FormatException or KeyNotFoundException
            or ArgumentNullException or InvalidOperationException)
        {
            return new(null, [.. Chain(rows, snapshot), "has rows that cannot be read: " + unreadable.Message]);
        }
    }

    private static IEnumerable<string> Chain(InvoiceRows rows, TableEntity snapshot)
    {
        string previous = Timeline.Start;
        foreach ((int index, TableEntity row) in rows.Events.Index())
        {
            int version = index + 1;
            if (row.RowKey != AggregateRows.EventKey(version))
            {
                yield return $"event {version} is missing: {row.RowKey} is in its place";
                yield break;
            }
            string hash = Timeline.Hash(previous, version, row.FindLongString("Json") ?? "");
            if (row.GetString("Hash") != hash)
                yield return $"event {version} was changed: its hash is {hash}, but {row.GetString("Hash")} is stored";
            previous = row.GetString("Hash") ?? "";
        }
        if (snapshot.GetInt32("Version") != rows.Events.Count)
            yield return $"the snapshot has version {snapshot.GetInt32("Version")}, but the timeline has {rows.Events.Count} events";
        if (snapshot.GetString("LastHash") != previous)
            yield return "the snapshot's last hash differs from the timeline's";
    }

    private static Invoice Fold(IReadOnlyList<TableEntity> events)
    {
        Invoice? state = null;
        foreach (TableEntity row in events)
            state = Invoice.Evolve(state, StoredJson.Read<InvoiceEvent>(row.GetLongString("Json")));
        return state ?? throw new InvalidOperationException("there are no events");
    }

    private static IEnumerable<string> Snapshot(Invoice state, TableEntity snapshot)
    {
        // Serialize both with today's code: an old row lacks members that were added later.
        string stored = StoredJson.Write(StoredJson.Read<Invoice>(snapshot.GetLongString("Json")));
        string folded = StoredJson.Write(state with { Transfers = state.Transfers.Clear() });
        if (stored != folded)
            yield return $"the snapshot is {stored}, but the events fold to {folded}";
        if (snapshot.GetString("Status") != state.Status.Text())
            yield return $"the snapshot says {snapshot.GetString("Status")}, but the events say {state.Status.Text()}";
        if (snapshot.GetString("Seen") != state.Seen.ToString() || snapshot.GetString("Confirmed") != state.Confirmed.ToString())
            yield return $"the snapshot has {snapshot.GetString("Seen")} seen and {snapshot.GetString("Confirmed")} confirmed, but "
                + $"the events have {state.Seen} and {state.Confirmed}";
    }

    private static IEnumerable<string> Transfers(Invoice state, IReadOnlyList<TableEntity> rows)
    {
        HashSet<string> stored = [.. rows.Select(row => StoredJson.Write(StoredJson.Read<Transfer>(row.GetString("Json"))))];
        HashSet<string> folded = [.. state.Transfers.Values.Select(transfer => StoredJson.Write(transfer))];
        foreach (string missing in folded.Except(stored))
            yield return $"no row has the transfer {missing}";
        foreach (string more in stored.Except(folded))
            yield return $"a row has the transfer {more}, but no event does";
    }

    /// <summary>Every line moves money of one asset; together they must add up to the state's allocation.</summary>
    private static IEnumerable<string> Books(Invoice state, IReadOnlyList<TableEntity> lines)
    {
        Dictionary<(string Asset, string Account), BigInteger> booked = [];
        foreach (TableEntity line in lines)
        {
            BigInteger amount = BigInteger.Parse(line.GetString("Amount"));
            if (amount <= 0)
                yield return $"{line.RowKey} moves {amount}";
            Add(booked, line.GetString("AssetId"), line.GetString("Source"), -amount);
            Add(booked, line.GetString("AssetId"), line.GetString("Destination"), amount);
        }
        Dictionary<(string Asset, string Account), BigInteger> right = [];
        foreach ((Holding holding, BigInteger amount) in InvoiceLedger.Allocation(state))
        {
            Add(right, holding.AssetId, holding.Account, amount);
            Add(right, holding.AssetId, Account.World(holding.Network), -amount);
        }
        foreach ((string Asset, string Account) account in booked.Keys.Union(right.Keys))
            if (booked.GetValueOrDefault(account) != right.GetValueOrDefault(account))
                yield return $"the ledger has {booked.GetValueOrDefault(account)} of {account.Asset} in {account.Account}, but "
                    + $"the state has {right.GetValueOrDefault(account)}";
    }

    private static void Add(Dictionary<(string, string), BigInteger> balances, string asset, string account, BigInteger amount) =>
        balances[(asset, account)] = balances.GetValueOrDefault((asset, account)) + amount;
}
