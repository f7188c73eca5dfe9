using System.Numerics;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Simulation.Chains;
using CoinPay.Simulation.Shops;
using CoinPay.Testing.Hub;

namespace CoinPay.Simulation.Checks;

/// <summary>What must be true once faults have stopped and time has gone on: nothing is left to do, and all agrees with the chain.</summary>
internal static class RestCheck
{
    /// <summary>What keeps the world from rest; null when it has come to it.</summary>
    public static string? Unrest(World world)
    {
        if (world.Orders.FirstOrDefault(order => order.Answer is null && order.IdempotencyKey is not null) is { } open)
            return $"order {open.Number} has no answer";
        if (world.Nodes.FirstOrDefault(node => !IsRead(world, node)) is { } unread)
            return $"{unread.Network.Name} is not read to its head";
        if (world.Audit.Invoices.FirstOrDefault(invoice => invoice.HasOutbox) is { } outbox)
            return $"{outbox.State.Terms.Id} has an outbox";
        if (world.Audit.Invoices.FirstOrDefault(invoice => invoice.State.TopUp is null && IsOpen(invoice)) is { } running)
            return $"the window of {running.State.Terms.Id}, {running.State.Status.Text()}, is open until {running.State.WindowEndsAt:u}, and it is {world.Now:u}";
        if (world.Audit.Invoices.FirstOrDefault(invoice => InvoiceDecider.WantsRate(invoice.State)) is { } unjudged)
            return $"{unjudged.State.Terms.Id} waits for a rate";
        if (world.Audit.Rows("Watches").FirstOrDefault(row => row.Key.StartsWith("pending!", StringComparison.Ordinal)) is { } pending)
            return $"{pending.Key} stands";
        if (world.Audit.Rows("Index").FirstOrDefault(row => row.Partition.StartsWith("due!", StringComparison.Ordinal)) is { } due)
            return $"delivery {due.Key} is due";
        return null;
    }

    private static bool IsRead(World world, ModelNode node) =>
        world.Storage.Rows["Chains"].Find(node.Network.Name, "cursor")?.Text("HeadHash") == node.Chain.Blocks[^1].Hash;

    /// <summary>Until when customers may pay the rest that they were asked for; null when all that is over.</summary>
    public static DateTimeOffset? OpenUntil(World world) =>
        world.Audit.Invoices.Where(invoice => invoice.State.TopUp is not null && IsOpen(invoice)).Max(invoice => invoice.State.TopUp?.Until);

    /// <summary>Whether the end of the window is still to come and will change something: nobody looks at it otherwise.</summary>
    private static bool IsOpen(AuditedInvoice invoice) =>
        !invoice.State.WindowClosed && InvoiceDecider.NextDeadline(invoice.State) == invoice.State.WindowEndsAt;

    /// <summary>Nothing is kept of what was watched long enough, but for recoveries: here no forwarder is ever flushed.</summary>
    public static void RequireUnwatched(World world, IEnumerable<Order> over)
    {
        HashSet<string> ids = over.Select(order => order.Answer!.Id).ToHashSet(StringComparer.Ordinal);
        string[] kept = [.. world.Audit.Rows("Watches").Select(row => row.Key)
            .Where(key => key.Split('!').Any(ids.Contains) && !key.StartsWith("recover!", StringComparison.Ordinal))];
        Invariant.Require(kept.Length == 0, $"after the end of their watch there are {string.Join(", ", kept)}");
    }

    public static void Require(World world)
    {
        RequireBooks(world);
        foreach (AuditedInvoice invoice in world.Audit.Invoices)
            RequireTold(world, invoice);
    }

    /// <summary>All but that merchants were told.</summary>
    public static void RequireBooks(World world)
    {
        string? unrest = Unrest(world) ?? (OpenUntil(world) is { } until ? $"a customer may pay the rest until {until}" : null);
        Invariant.Require(unrest is null, $"the world does not come to rest: {unrest}");
        RequireOrchestrations(world);
        ILookup<string, Standing> chains = world.Nodes.SelectMany(Standing.On).ToLookup(one => one.Transfer.Recipient, StringComparer.Ordinal);
        foreach (AuditedInvoice invoice in world.Audit.Invoices)
            RequireChain(world, invoice, chains);
        foreach (Order order in world.Orders.Where(order => order.Answer is not null))
            Invariant.Require(world.Audit.Find(order.Answer!.Id) is not null, $"order {order.Number} was answered with an invoice that is not there");
    }

    /// <summary>No orchestration fails, whatever storage refuses: its activity is tried again until it succeeds.</summary>
    private static void RequireOrchestrations(World world)
    {
        HubInstance? failed = world.Hub.Instances.FirstOrDefault(instance => instance.Row is { Failure: not null });
        Invariant.Require(failed is null, $"orchestration {failed?.Id} has failed: {failed?.Row?.Failure?.ErrorMessage}");
    }

    /// <summary>
    /// Every transfer that stands on a chain is booked here, and nothing else; and the invoice is what they amount to. What was sent
    /// after its address was watched no longer may be booked or not.
    /// </summary>
    private static void RequireChain(World world, AuditedInvoice invoice, ILookup<string, Standing> chains)
    {
        InvoiceTerms terms = invoice.State.Terms;
        Dictionary<string, Standing> standing = chains[world.NodeOf(terms.Network).RecipientOf(terms.Address)]
            .ToDictionary(one => one.KeyFor(terms.Network), StringComparer.Ordinal);
        DateTimeOffset endsAt = invoice.State.TopUp is { } more && more.Until > terms.MonitorUntil ? more.Until : terms.MonitorUntil;
        Dictionary<string, bool> booked = invoice.Books.Standing.ToDictionary(one => one.Key, one => one.IsOnTime, StringComparer.Ordinal);
        foreach (string key in standing.Keys.Where(key => standing[key].SentAt >= endsAt && !booked.ContainsKey(key)).ToList())
            standing.Remove(key);
        invoice.Require(
            booked.Count == standing.Count && booked.Keys.All(standing.ContainsKey),
            $"the chain has {string.Join(", ", standing.Keys)}, and booked is {string.Join(", ", booked.Keys)}");
        BigInteger due = standing.Values.Where(one => one.Transfer.Asset.Id == terms.Due.Asset.Id)
            .Aggregate(BigInteger.Zero, (sum, one) => sum + one.Transfer.Amount);
        invoice.Require(
            due == invoice.Books.ConfirmedOrAmbiguous, $"the chain has {due} and the books have {invoice.Books.ConfirmedOrAmbiguous}");
        invoice.Require(invoice.State.Status == invoice.Books.AtRest(), $"it is {invoice.State.Status} and should be {invoice.Books.AtRest()}");
        foreach ((string key, bool isOnTime) in booked)
            RequireOnTime(invoice, standing[key], isOnTime);
    }

    /// <summary>On time is what was shown, or stamped, before the price expired; nothing is after a cancellation.</summary>
    private static void RequireOnTime(AuditedInvoice invoice, Standing standing, bool isOnTime)
    {
        DateTimeOffset expiresAt = invoice.State.Terms.ExpiresAt;
        Evidence.ShownTransfer shown = standing.Node.Evidence.Of(standing.Transfer.Recipient, standing.Transfer.Key)!;
        bool MayBe(DateTimeOffset? at) => at <= expiresAt || invoice.TopUps.Any(asked => at >= asked.At && at <= asked.Until);
        invoice.Require(
            !isOnTime || MayBe(shown.FirstAt) || shown.Stamps.Any(stamp => MayBe(stamp)), $"{standing.Transfer.Key} counts as on time, and was shown late");
        invoice.Require(
            isOnTime || invoice.Books.IsCancelled || standing.Block.Time > expiresAt, $"{standing.Transfer.Key} counts as late, and its block is on time");
    }

    private static void RequireTold(World world, AuditedInvoice invoice)
    {
        Shop shop = world.Shops.Single(shop => shop.Id == invoice.State.Terms.MerchantId);
        foreach ((string eventId, string type) in invoice.Told)
            invoice.Require(
                !shop.Hears(type) || world.Endpoints.Delivered.ContainsKey((shop.Host, eventId)), $"{type} ({eventId}) was never delivered");
    }
}

/// <summary>A transfer in a block of the chain as it is now, with a recipient, that is worth crediting.</summary>
internal sealed record Standing(ModelNode Node, ModelBlock Block, DateTimeOffset SentAt, ChainTransfer Transfer)
{
    public static IEnumerable<Standing> On(ModelNode node) =>
        from block in node.Chain.Blocks
        from transaction in block.Transactions
        from transfer in transaction.Transfers
        where IsCredited(node.Network, transfer)
        select new Standing(node, block, transaction.BroadcastAt, transfer);

    public static bool IsCredited(Network network, ChainTransfer transfer) =>
        network.Assets.Any(listed => listed.Asset.Id == transfer.Asset.Id && transfer.Amount >= listed.Dust);

    /// <summary>Its key in the books of an invoice of this network.</summary>
    public string KeyFor(string network) => network == Node.Network.Name ? Transfer.Key : $"{Transfer.Key}@{Node.Network.Name}";
}
