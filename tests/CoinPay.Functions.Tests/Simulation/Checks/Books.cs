using System.Numerics;
using CoinPay.Core;

namespace CoinPay.Functions.Tests.Simulation;

/// <summary>
/// One invoice's books, kept a second time and more simply: written from the contract and the ledger's description, fed with what
/// the timeline says of transfers. Where the money is and what the invoice is called follow from a handful of sums.
/// </summary>
internal sealed class Books(InvoiceTerms terms)
{
    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private bool _isCancelled;
    private bool _isClosed;

    public bool IsCancelled => _isCancelled;

    public BigInteger Confirmed => Sum(line => line.Status == TransferStatus.Confirmed);

    public BigInteger Seen => Sum(_ => true);

    private BigInteger OnTimeConfirmed => Sum(line => line.Status == TransferStatus.Confirmed && line.IsOnTime);

    private BigInteger OnTimeSeen => Sum(line => line.IsOnTime);

    public IEnumerable<(string Key, bool IsOnTime)> Standing =>
        _lines.Where(line => line.Value.Stands).Select(line => (line.Key, line.Value.IsOnTime));

    public void Take(InvoiceEvent happened)
    {
        switch (happened)
        {
            case TransferSeen { Transfer: var seen }:
                _lines[seen.Key] = new(seen.Amount, seen.AssetId, IsOnTime(seen.FirstSeenAt) || IsOnTime(seen.Block?.Time), Status(seen.Block));
                break;
            case TransferMoved moved:
                Line before = _lines[moved.Key];
                _lines[moved.Key] = before with { Status = Status(moved.Block), IsOnTime = before.IsOnTime || IsOnTime(moved.Block?.Time) };
                break;
            case TransferConfirmed confirmed:
                _lines[confirmed.Key] = _lines[confirmed.Key] with { Status = TransferStatus.Confirmed };
                break;
            case TransferLost lost:
                _lines[lost.Key] = _lines[lost.Key] with { Status = lost.How };
                break;
            case InvoiceCancelled:
                _isCancelled = _isClosed = true;
                break;
            case PaymentWindowClosed:
                _isClosed = true;
                break;
        }
    }

    /// <summary>Whether the merchant's policy takes what there is for the price.</summary>
    public bool IsMet
    {
        get
        {
            BigInteger least = terms.Due.Base - (terms.Due.Base * (int)terms.Tolerance.UnderPercent / 100);
            return OnTimeConfirmed >= least
                || (terms.Late == LatePolicy.Accept && Confirmed >= least)
                || (terms.Under == AmountPolicy.Accept && _isClosed && OnTimeConfirmed > 0 && OnTimeConfirmed == OnTimeSeen);
        }
    }

    private bool IsTooMuch => Confirmed > terms.Due.Base + (terms.Due.Base * (int)terms.Tolerance.OverPercent / 100);

    /// <summary>What is wrong with a status while things are in motion; null if nothing is.</summary>
    public string? Wrong(InvoiceStatus status)
    {
        bool isPaid = status is InvoiceStatus.Paid or InvoiceStatus.Overpaid;
        InvoiceStatus met = _isCancelled ? InvoiceStatus.LatePaid : IsTooMuch ? InvoiceStatus.Overpaid : InvoiceStatus.Paid;
        if (IsMet ? status != met : isPaid)
            return $"{status} with {Confirmed} of {terms.Due.Base} confirmed, {OnTimeConfirmed} on time: the policy is {(IsMet ? "met" : "not met")}";
        if (status is InvoiceStatus.Expired or InvoiceStatus.Underpaid && !_isClosed)
            return $"{status} before the window closed";
        return null;
    }

    /// <summary>What an invoice is called once its window is closed and all that is on the chain is deep enough.</summary>
    public InvoiceStatus AtRest()
    {
        if (IsMet)
            return _isCancelled ? InvoiceStatus.LatePaid : IsTooMuch ? InvoiceStatus.Overpaid : InvoiceStatus.Paid;
        if (Confirmed > OnTimeConfirmed)
            return InvoiceStatus.LatePaid;
        if (OnTimeConfirmed > 0)
            return InvoiceStatus.Underpaid;
        return _isCancelled ? InvoiceStatus.Cancelled : InvoiceStatus.Expired;
    }

    /// <summary>Where its confirmed money stands, by account.</summary>
    public Dictionary<string, BigInteger> Balances(InvoiceStatus status)
    {
        Dictionary<string, BigInteger> balances = new(StringComparer.Ordinal);
        BigInteger excess = status == InvoiceStatus.Overpaid ? BigInteger.Max(0, Confirmed - terms.Due.Base) : 0;
        bool isMerchants = status is InvoiceStatus.Paid or InvoiceStatus.Overpaid;
        balances[isMerchants ? $"merchant:{terms.MerchantId}:available" : "invoice:" + terms.Id] = Confirmed - excess;
        balances[$"merchant:{terms.MerchantId}:overpaid"] = excess;
        balances["world:" + terms.Network] = -Confirmed;
        return balances;
    }

    private BigInteger Sum(Func<Line, bool> which) =>
        _lines.Values.Where(line => line.Stands && line.AssetId == terms.Due.Asset.Id && which(line))
            .Aggregate(BigInteger.Zero, (sum, line) => sum + line.Amount);

    private bool IsOnTime(DateTimeOffset? at) => !_isCancelled && at <= terms.ExpiresAt;

    private static TransferStatus Status(BlockReference? block) => block is null ? TransferStatus.Seen : TransferStatus.Confirming;

    private sealed record Line(BigInteger Amount, string AssetId, bool IsOnTime, TransferStatus Status)
    {
        public bool Stands => Status is TransferStatus.Seen or TransferStatus.Confirming or TransferStatus.Confirmed;
    }
}
