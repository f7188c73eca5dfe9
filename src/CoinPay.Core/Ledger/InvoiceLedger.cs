using System.Collections.Immutable;
using System.Numerics;

namespace CoinPay.Core;

/// <summary>An account's money of one asset on one network (its short name).</summary>
public sealed record Holding(string Network, string AssetId, string Account)
{
    public static IComparer<Holding> Order { get; } = Comparer<Holding>.Create((a, b) =>
        string.CompareOrdinal($"{a.Network}|{a.AssetId}|{a.Account}", $"{b.Network}|{b.AssetId}|{b.Account}"));
}

/// <summary>
/// Where an invoice's confirmed money is in the books. Each state allocates it to accounts in exactly one way; an
/// event's lines are the difference between the allocations before and after it, so books and state cannot diverge.
/// </summary>
public static class InvoiceLedger
{
    /// <summary>Returns the lines of one event; none if no confirmed money moves.</summary>
    public static IReadOnlyList<Posting> Post(Invoice? before, Invoice after)
    {
        ImmutableSortedDictionary<Holding, BigInteger> from = Allocation(before);
        ImmutableSortedDictionary<Holding, BigInteger> to = Allocation(after);
        return to.Keys.Union(from.Keys)
            .Order(Holding.Order)
            .GroupBy(holding => (holding.Network, holding.AssetId))
            .SelectMany(money => Pair(
                money.Select(holding => (holding.Account, to.GetValueOrDefault(holding) - from.GetValueOrDefault(holding))).ToList(),
                Account.World(money.Key.Network),
                money.Key.AssetId))
            .ToList();
    }

    /// <summary>Returns the confirmed money of this invoice by network, asset and account, in base units.</summary>
    public static ImmutableSortedDictionary<Holding, BigInteger> Allocation(Invoice? state)
    {
        var balances = ImmutableSortedDictionary.CreateBuilder<Holding, BigInteger>(Holding.Order);
        if (state is null)
            return balances.ToImmutable();
        InvoiceTerms terms = state.Terms;
        BigInteger excess = state.Status == InvoiceStatus.Overpaid ? BigInteger.Max(0, state.Confirmed - terms.Due.Base) : 0;
        string priceAccount = state.IsPaid ? Account.Available(terms.MerchantId) : Account.Invoice(terms.Id);
        balances[new(terms.Network, terms.Due.Asset.Id, priceAccount)] = state.Confirmed - excess;
        balances[new(terms.Network, terms.Due.Asset.Id, Account.Overpaid(terms.MerchantId))] = excess;
        foreach (Transfer other in state.Transfers.Values.Where(transfer => transfer.Status == TransferStatus.Confirmed && !state.IsDue(transfer)))
        {
            Holding holding = new(other.WrongNetwork ?? terms.Network, other.AssetId, Account.Refundable(terms.MerchantId));
            balances[holding] = balances.GetValueOrDefault(holding) + other.Amount;
        }
        if (state.IsPaid)
            Take(state, balances);
        Settle(state, balances);
        return balances.ToImmutable();
    }

    /// <summary>Allocates what a person took of other assets to the merchant, up to the confirmed money of each.</summary>
    private static void Take(Invoice state, ImmutableSortedDictionary<Holding, BigInteger>.Builder balances)
    {
        string refundable = Account.Refundable(state.Terms.MerchantId);
        foreach (Holding holding in balances.Keys.Where(holding => holding.Account == refundable).ToList())
        {
            BigInteger taken = BigInteger.Min(state.TakenOf(holding.AssetId), state.ConfirmedOf(holding.AssetId));
            if (taken.IsZero)
                continue;
            balances[holding] -= taken;
            balances[holding with { Account = Account.Available(state.Terms.MerchantId) }] = taken;
        }
    }

    /// <summary>
    /// Allocates what was moved to the merchant's own address on another network, up to the confirmed money of that
    /// asset.
    /// </summary>
    private static void Settle(Invoice state, ImmutableSortedDictionary<Holding, BigInteger>.Builder balances)
    {
        foreach ((string assetId, BigInteger recovered) in state.Recovered)
        {
            BigInteger left = recovered;
            foreach (Holding holding in balances.Keys.Where(holding => holding.AssetId == assetId).ToList())
            {
                BigInteger moved = BigInteger.Min(left, balances[holding]);
                Holding settled = holding with { Account = Account.Settled(state.Terms.MerchantId) };
                balances[holding] -= moved;
                balances[settled] = balances.GetValueOrDefault(settled) + moved;
                left -= moved;
            }
        }
    }

    /// <summary>
    /// Moves money from accounts that lose to accounts that gain; the world account covers the difference.
    /// </summary>
    private static List<Posting> Pair(List<(string Account, BigInteger Change)> changes, string world, string assetId)
    {
        BigInteger net = changes.Aggregate(BigInteger.Zero, (sum, change) => sum + change.Change);
        Queue<(string Account, BigInteger Amount)> losing = new(changes.Where(c => c.Change < 0).Select(c => (c.Account, -c.Change)));
        Queue<(string Account, BigInteger Amount)> gaining = new(changes.Where(c => c.Change > 0));
        if (net > 0)
            losing.Enqueue((world, net));
        if (net < 0)
            gaining.Enqueue((world, -net));
        List<Posting> postings = [];
        while (losing.TryDequeue(out (string Account, BigInteger Amount) source))
        {
            while (source.Amount > 0)
            {
                (string destination, BigInteger wanted) = gaining.Dequeue();
                BigInteger moved = BigInteger.Min(source.Amount, wanted);
                postings.Add(new(source.Account, destination, assetId, moved));
                source.Amount -= moved;
                if (wanted > moved)
                    gaining = new(gaining.Prepend((destination, wanted - moved)));
            }
        }
        Assert.That(gaining.Count == 0);
        return postings;
    }
}
