using System.Collections.Immutable;
using System.Numerics;

namespace CoinPay.Core;

/// <summary>
/// Where an invoice's confirmed money stands in the books. Each state has one allocation of it to accounts; an event's
/// lines are what leads from the allocation before it to the one after, so books and state cannot part.
/// </summary>
public static class InvoiceLedger
{
    /// <summary>The lines of one event: none when no confirmed money moves.</summary>
    public static IReadOnlyList<Posting> Post(Invoice? before, Invoice after)
    {
        ImmutableSortedDictionary<string, BigInteger> from = Allocation(before);
        ImmutableSortedDictionary<string, BigInteger> to = Allocation(after);
        List<(string Account, BigInteger Change)> changes = to.Keys.Union(from.Keys)
            .Order(StringComparer.Ordinal)
            .Select(account => (account, to.GetValueOrDefault(account) - from.GetValueOrDefault(account)))
            .ToList();
        return Pair(changes, Account.World(after.Terms.Network), after.Terms.Due.Asset.Id);
    }

    /// <summary>
    /// The balance of each account that this invoice's confirmed money stands in, in base units of its asset.
    /// </summary>
    public static ImmutableSortedDictionary<string, BigInteger> Allocation(Invoice? state)
    {
        var balances = ImmutableSortedDictionary.CreateBuilder<string, BigInteger>(StringComparer.Ordinal);
        if (state is null)
            return balances.ToImmutable();
        InvoiceTerms terms = state.Terms;
        BigInteger excess = state.Status == InvoiceStatus.Overpaid ? BigInteger.Max(0, state.Confirmed - terms.Due.Base) : 0;
        bool isMerchants = state.Status is InvoiceStatus.Paid or InvoiceStatus.Overpaid;
        balances[isMerchants ? Account.Available(terms.MerchantId) : Account.Invoice(terms.Id)] = state.Confirmed - excess;
        balances[Account.Overpaid(terms.MerchantId)] = excess;
        return balances.ToImmutable();
    }

    /// <summary>Money goes from accounts that lose to accounts that gain; the world makes up the difference.</summary>
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
