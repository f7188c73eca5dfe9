using System.Numerics;
using CoinPay.Core;
using CoinPay.Functions.Chains;

namespace CoinPay.Functions.Tests.Simulation;

/// <summary>What must be true once faults have stopped and time has gone on: nothing is left to do, and all agrees with the chain.</summary>
internal static class RestCheck
{
    /// <summary>What keeps the world from rest; null when it has come to it.</summary>
    public static string? Unrest(World world)
    {
        if (world.Orders.FirstOrDefault(order => order.Answer is null && order.IdempotencyKey is not null) is { } open)
            return $"order {open.Number} has no answer";
        if (world.Audit.Invoices.FirstOrDefault(invoice => invoice.HasOutbox) is { } outbox)
            return $"{outbox.State.Terms.Id} has an outbox";
        if (world.Audit.Invoices.FirstOrDefault(invoice => !invoice.State.WindowClosed) is { } running)
            return $"the window of {running.State.Terms.Id} is open";
        if (world.Audit.Rows("Watches").FirstOrDefault(row => row.Key.StartsWith("pending!", StringComparison.Ordinal)) is { } pending)
            return $"{pending.Key} stands";
        if (world.Audit.Rows("Index").FirstOrDefault(row => row.Partition.StartsWith("due!", StringComparison.Ordinal)) is { } due)
            return $"delivery {due.Key} is due";
        return null;
    }

    public static void Require(World world)
    {
        string? unrest = Unrest(world);
        Invariant.Require(unrest is null, $"the world does not come to rest: {unrest}");
        foreach (AuditedInvoice invoice in world.Audit.Invoices)
        {
            RequireChain(world, invoice);
            RequireTold(world, invoice);
        }
        foreach (Order order in world.Orders.Where(order => order.Answer is not null))
            Invariant.Require(world.Audit.Find(order.Answer!.Id) is not null, $"order {order.Number} was answered with an invoice that is not there");
    }

    /// <summary>Every transfer that stands on the chain is booked here, and nothing else; and the invoice is what they amount to.</summary>
    private static void RequireChain(World world, AuditedInvoice invoice)
    {
        InvoiceTerms terms = invoice.State.Terms;
        ModelNode node = world.Nodes.Single(node => node.Network.Name == terms.Network);
        string recipient = node.RecipientOf(terms.Address);
        Dictionary<string, ChainTransfer> standing = node.Chain.Blocks
            .SelectMany(block => block.Transactions).SelectMany(transaction => transaction.Transfers)
            .Where(transfer => transfer.Recipient == recipient && IsCredited(node.Network, transfer))
            .ToDictionary(transfer => transfer.Key, StringComparer.Ordinal);
        string[] booked = [.. invoice.Books.Standing.Select(transfer => transfer.Key)];
        invoice.Require(
            standing.Keys.Order(StringComparer.Ordinal).SequenceEqual(booked.Order(StringComparer.Ordinal)),
            $"the chain has {string.Join(", ", standing.Keys)}, and booked is {string.Join(", ", booked)}");
        BigInteger due = standing.Values.Where(transfer => transfer.Asset.Id == terms.Due.Asset.Id)
            .Aggregate(BigInteger.Zero, (sum, transfer) => sum + transfer.Amount);
        invoice.Require(due == invoice.Books.Confirmed, $"the chain has {due} and the books have {invoice.Books.Confirmed}");
        invoice.Require(invoice.State.Status == invoice.Books.AtRest(), $"it is {invoice.State.Status} and should be {invoice.Books.AtRest()}");
        foreach ((string key, bool isOnTime) in invoice.Books.Standing)
            RequireOnTime(invoice, node, standing[key], isOnTime);
    }

    private static bool IsCredited(Network network, ChainTransfer transfer) =>
        network.Assets.Any(listed => listed.Asset.Id == transfer.Asset.Id && transfer.Amount >= listed.Dust);

    /// <summary>On time is what was shown, or stamped, before the price expired; nothing is after a cancellation.</summary>
    private static void RequireOnTime(AuditedInvoice invoice, ModelNode node, ChainTransfer transfer, bool isOnTime)
    {
        DateTimeOffset expiresAt = invoice.State.Terms.ExpiresAt;
        Evidence.ShownTransfer shown = node.Evidence.Of(transfer.Recipient, transfer.Key)!;
        bool mayBe = shown.FirstAt <= expiresAt || shown.EarliestStamp <= expiresAt;
        DateTimeOffset stamp = node.Chain.Blocks.First(block => block.Transactions.Any(one => one.Hash == transfer.TransactionHash)).Time;
        invoice.Require(!isOnTime || mayBe, $"{transfer.Key} counts as on time, and was shown late");
        invoice.Require(
            isOnTime || invoice.Books.IsCancelled || stamp > expiresAt, $"{transfer.Key} counts as late, and its block is on time");
    }

    private static void RequireTold(World world, AuditedInvoice invoice)
    {
        Shop shop = world.Shops.Single(shop => shop.Id == invoice.State.Terms.MerchantId);
        foreach ((string eventId, string type) in invoice.Told)
            invoice.Require(
                !shop.HasEndpoint || world.Endpoints.Delivered.ContainsKey((shop.Host, eventId)), $"{type} ({eventId}) was never delivered");
    }
}
