using System.Numerics;
using CoinPay.Core;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Watching;
using CoinPay.Simulation.Chains;
using CoinPay.Simulation.Checks;
using CoinPay.Simulation.Runtime;
using CoinPay.Testing.Storage;
using CoinPay.Testing.Storage.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace CoinPay.Simulation;

/// <summary>
/// The same merchants' invoices over the chains that won, read by a new process from an empty storage, without a fault: nobody ever
/// saw what reorgs and replacements took away. What does not hang on when something was seen, or on what a person decided, must
/// come out the same: every invoice's standing transfers; and, where being on time follows from the blocks' stamps and nobody
/// decided anything, its status, its balances, and which exceptions its money gives cause for.
/// </summary>
internal static class FreshRun
{
    private static readonly ExceptionType[] OfMoney =
        [ExceptionType.Underpaid, ExceptionType.Overpaid, ExceptionType.Late, ExceptionType.WrongNetwork, ExceptionType.WrongAsset];

    public static void Require(World first)
    {
        Invoice[] invoices = [.. first.Audit.Invoices.Select(invoice => invoice.State).Where(state => state.Terms.MonitorUntil > first.Now)];
        World again = new(first.Seed, before: first);
        again.Shops.AddRange(first.Shops);
        again.Do(process => process.StartAsync());
        Copy(first, again, "Merchants", row => !row.Key.StartsWith("endpoint!", StringComparison.Ordinal));
        Copy(first, again, "Index", row => row.Partition.StartsWith("apikey", StringComparison.Ordinal));
        foreach (Invoice invoice in invoices)
            again.Do(process => CreateAsync(again, process, invoice));
        Begin(again);
        again.Trigger("SweepWatches");
        Rest.Settle(again, least: 3);
        RestCheck.RequireBooks(again);
        foreach (Invoice invoice in invoices)
            RequireSame(first.Audit.Find(invoice.Terms.Id)!, again.Audit.Find(invoice.Terms.Id)!);
        first.Coverage.Happened(Situations.FreshRun);
    }

    private static void Copy(World from, World to, string table, Func<Row, bool> which)
    {
        foreach (Row row in from.Audit.Rows(table).Where(which))
            to.Storage.Rows.Write(table, new RowChange(StorageAction.InsertEntity, row.Partition, row.Key, row.Properties, null));
    }

    /// <summary>The first poll sees only what existed before the first invoice.</summary>
    private static void Begin(World world)
    {
        foreach (ModelNode node in world.Nodes)
            (node.Trouble, node.Lag) = (Fault.NodeLags, node.Chain.Blocks.Count - ModelNetwork.FirstBlocks);
        world.Trigger("PollChain");
        Weather.Clear(world);
        world.Advance(TimeSpan.FromSeconds(31));
    }

    /// <summary>The rows of a creation, and of a cancellation if there was one.</summary>
    private static async Task CreateAsync(World world, AppProcess process, Invoice invoice)
    {
        InvoiceTerms terms = invoice.Terms;
        await process.Services.GetRequiredService<WatchStore>().InsertAsync(
            new()
            {
                Network = terms.Network,
                InvoiceId = terms.Id,
                MerchantId = terms.MerchantId,
                Address = terms.Address,
                Recipient = world.NodeOf(terms.Network).RecipientOf(terms.Address),
                Required = terms.Confirmation.InConflict ?? terms.Confirmation.Required,
                MonitorUntil = terms.MonitorUntil,
            },
            CancellationToken.None);
        await process.Services.GetRequiredService<InvoiceStore>().CommitAsync(
            null, [new InvoiceCreated(terms, terms.CreatedAt)], chain: null, answer: null, CancellationToken.None);
        if (!invoice.IsCancelled)
            return;
        Reply reply = await process.CallAsync<Functions.Invoices.CancelInvoice>(
            (function, request) => function.Run(request, terms.Id, process.Durable, default),
            world.Shops.Single(shop => shop.Id == terms.MerchantId).Key, null);
        Invariant.Require(reply.Status == 200, $"cancelling {terms.Id} in a fresh run: {reply.Status}");
    }

    private static void RequireSame(AuditedInvoice first, AuditedInvoice again)
    {
        string[] Standing(AuditedInvoice invoice) => [.. invoice.Books.Standing.Select(one => one.Key).Order(StringComparer.Ordinal)];
        again.Require(Standing(again).SequenceEqual(Standing(first)), $"a fresh run has {string.Join(' ', Standing(again))}, the first had {string.Join(' ', Standing(first))}");
        if (HangsOnHistory(first.State))
            return;
        again.Require(again.State.Status == first.State.Status, $"a fresh run comes to {again.State.Status}, the first to {first.State.Status}");
        Dictionary<(string, string), BigInteger> was = first.Books.Balances(first.State.Status);
        Dictionary<(string, string), BigInteger> isNow = again.Books.Balances(again.State.Status);
        again.Require(
            was.Keys.Union(isNow.Keys).All(account => was.GetValueOrDefault(account) == isNow.GetValueOrDefault(account)),
            $"a fresh run has {string.Join(' ', isNow)}, the first had {string.Join(' ', was)}");
        again.Require(Causes(again.State).SetEquals(Causes(first.State)), $"a fresh run has {string.Join(' ', Causes(again.State))}, the first had {string.Join(' ', Causes(first.State))}");
    }

    private static bool HangsOnHistory(Invoice state) =>
        !state.Acceptances.IsEmpty || state.TopUp is not null || state.LateAccepted is not null
        || state.Exceptions.Any(known => known.Resolution is { Action: not null })
        || state.Counted.Any(transfer => transfer.OnTime != (!state.IsCancelled && transfer.Block!.Time <= state.Terms.ExpiresAt));

    private static HashSet<(ExceptionType, string)> Causes(Invoice state) =>
        [.. state.Exceptions.Where(known => known.IsOpen && OfMoney.Contains(known.Type)).Select(known => (known.Type, known.AssetId))];
}
