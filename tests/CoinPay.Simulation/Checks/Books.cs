using System.Numerics;
using CoinPay.Core;

namespace CoinPay.Simulation.Checks;

/// <summary>
/// One invoice's books, kept a second time and more simply: written from the contract and the ledger's description, fed with what
/// the timeline says of transfers. Where the money is and what the invoice is called follow from a handful of sums.
/// </summary>
internal sealed class Books(InvoiceTerms terms)
{
    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private bool _isCancelled;
    private bool _isClosed;
    private bool _takesLate;
    private readonly List<PaymentAccepted> _accepted = [];
    private readonly Dictionary<string, BigInteger> _kept = new(StringComparer.Ordinal);
    private bool _isHalf;
    private TopUpRequested? _topUp;
    private BigInteger? _taken;

    public bool IsCancelled => _isCancelled;

    public BigInteger Confirmed => Sum(line => line.Status == TransferStatus.Confirmed);

    /// <summary>All confirmed money of the asset that is due.</summary>
    public BigInteger ConfirmedOrAmbiguous => Confirmed + Ambiguous(terms.Due.Asset.Id);

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
                _lines[seen.Key] = new(
                    seen.Amount, seen.AssetId, seen.WrongNetwork ?? terms.Network, IsOnTime(seen.FirstSeenAt) || IsOnTime(seen.Block?.Time), Status(seen.Block))
                { IsAmbiguous = seen.IsAmbiguous };
                break;
            case TransferMoved moved:
                Line before = _lines[moved.Key];
                TransferStatus status = before.IsAccepted ? TransferStatus.Confirmed : Status(moved.Block);
                _lines[moved.Key] = before with
                {
                    Amount = moved.Amount ?? before.Amount,
                    IsAmbiguous = moved.IsAmbiguous ?? before.IsAmbiguous,
                    Status = status,
                    IsOnTime = before.IsOnTime || IsOnTime(moved.Block?.Time),
                };
                break;
            case TransferConfirmed confirmed:
                _lines[confirmed.Key] = _lines[confirmed.Key] with { Status = TransferStatus.Confirmed };
                break;
            case TransferLost lost:
                _lines[lost.Key] = _lines[lost.Key] with { Status = lost.How, IsAccepted = false };
                break;
            case InvoiceCancelled:
                _isCancelled = _isClosed = true;
                break;
            case PaymentWindowClosed:
                _isClosed = true;
                break;
            case TransferAccepted accepted:
                _lines[accepted.Key] = _lines[accepted.Key] with { Status = TransferStatus.Confirmed, IsAccepted = true };
                break;
            case TransferAttributed ours:
                _lines[ours.Key] = _lines[ours.Key] with { IsAmbiguous = false };
                break;
            case PaymentAccepted accepted:
                _accepted.Add(accepted);
                break;
            case MoneyKept kept:
                _kept[kept.AssetId] = kept.Amount;
                break;
            case AcceptancesLapsed:
                _accepted.Clear();
                _kept.Clear();
                _takesLate = false;
                break;
            case ViewPartlyApplied or ViewApplied:
                _isHalf = happened is ViewPartlyApplied;
                break;
            case TopUpRequested asked:
                _topUp = asked;
                _isClosed = false;
                break;
            case LateRateJudged judged:
                _takesLate = judged.IsAccepted;
                break;
            case InvoicePaid or InvoiceOverpaid or PaymentReverted when TakesLess:
                _taken = OnTimeConfirmed;
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
                || ((terms.Late == LatePolicy.Accept || _takesLate) && Confirmed >= least)
                || TakesLess;
        }
    }

    /// <summary>Whether the merchant takes what came in time though it is too little.</summary>
    private bool TakesLess =>
        terms.Under == AmountPolicy.Accept && _isClosed && OnTimeConfirmed > 0 && OnTimeConfirmed == OnTimeSeen
        && OnTimeConfirmed * 100 >= terms.Due.Base * (int)terms.UnderFloorPercent;

    /// <summary>What was taken though it was too little stands: more that is on its way since (a lost payment that is mined again) takes nothing back.</summary>
    private bool StandsByLess => _isClosed && OnTimeConfirmed >= _taken;

    /// <summary>Whether a person took what there is for the price.</summary>
    private bool IsAccepted => _accepted.Exists(IsThere);

    private bool IsThere(PaymentAccepted taken) => Confirmed >= taken.Amount
        && (taken.OtherAssetId is not { } other || Other(other) >= taken.OtherAmount);

    private InvoiceStatus Met => _isCancelled && !IsAccepted ? InvoiceStatus.LatePaid : IsTooMuch ? InvoiceStatus.Overpaid : InvoiceStatus.Paid;

    private bool IsTooMuch => Confirmed > terms.Due.Base + (terms.Due.Base * (int)terms.Tolerance.OverPercent / 100);

    /// <summary>What is wrong with a status while things are in motion; null if nothing is.</summary>
    public string? Wrong(InvoiceStatus status)
    {
        if (_isHalf)
            return null;
        bool isPaid = status is InvoiceStatus.Paid or InvoiceStatus.Overpaid;
        if (IsMet || IsAccepted ? status != Met : isPaid && !StandsByLess)
            return $"{status} with {Confirmed} of {terms.Due.Base} confirmed, {OnTimeConfirmed} on time: the policy is {(IsMet ? "met" : "not met")}";
        if (status is InvoiceStatus.Expired or InvoiceStatus.Underpaid && !_isClosed)
            return $"{status} before the window closed";
        return null;
    }

    /// <summary>What an invoice is called once its window is closed and all that is on the chain is deep enough.</summary>
    public InvoiceStatus AtRest()
    {
        if (IsMet || IsAccepted)
            return Met;
        if (Confirmed > OnTimeConfirmed)
            return InvoiceStatus.LatePaid;
        if (OnTimeConfirmed > 0)
            return InvoiceStatus.Underpaid;
        return _isCancelled ? InvoiceStatus.Cancelled : InvoiceStatus.Expired;
    }

    /// <summary>Where its confirmed money stands, by asset and account.</summary>
    public Dictionary<(string Asset, string Account), BigInteger> Balances(InvoiceStatus status)
    {
        Dictionary<(string, string), BigInteger> balances = [];
        string due = terms.Due.Asset.Id;
        BigInteger excess = status == InvoiceStatus.Overpaid ? BigInteger.Max(0, Confirmed - terms.Due.Base) : 0;
        bool isMerchants = status is InvoiceStatus.Paid or InvoiceStatus.Overpaid;
        balances[(due, isMerchants ? $"merchant:{terms.MerchantId}:available" : "invoice:" + terms.Id)] = Confirmed - excess;
        balances[(due, $"merchant:{terms.MerchantId}:overpaid")] = excess;
        balances[(due, $"merchant:{terms.MerchantId}:refundable")] = Ambiguous(due);
        balances[(due, "world:" + terms.Network)] = -ConfirmedOrAmbiguous;
        foreach ((string other, string network) in _lines.Values.Where(line => line.AssetId != due).Select(line => (line.AssetId, line.Network)).Distinct())
        {
            BigInteger taken = isMerchants ? Taken(other) : 0;
            balances[(other, $"merchant:{terms.MerchantId}:available")] = taken;
            balances[(other, $"merchant:{terms.MerchantId}:refundable")] = Other(other) + Ambiguous(other) - taken;
            balances[(other, "world:" + network)] = -Other(other) - Ambiguous(other);
        }
        return balances;
    }

    /// <summary>What a person took of another asset, as far as it is there.</summary>
    private BigInteger Taken(string assetId)
    {
        BigInteger most = _accepted.Where(one => one.OtherAssetId == assetId && IsThere(one))
            .Select(one => one.OtherAmount)
            .Append(_kept.GetValueOrDefault(assetId))
            .Max();
        return BigInteger.Min(most, Other(assetId));
    }

    private BigInteger Sum(Func<Line, bool> which) =>
        _lines.Values.Where(line => line.Stands && !line.IsAmbiguous && line.AssetId == terms.Due.Asset.Id && which(line))
            .Aggregate(BigInteger.Zero, (sum, line) => sum + line.Amount);

    /// <summary>Confirmed money of another asset than the one that is due.</summary>
    private BigInteger Other(string assetId) => ConfirmedOf(assetId, isAmbiguous: false);

    /// <summary>Confirmed money of which nobody knows yet whose it is.</summary>
    private BigInteger Ambiguous(string assetId) => ConfirmedOf(assetId, isAmbiguous: true);

    private BigInteger ConfirmedOf(string assetId, bool isAmbiguous) => _lines.Values
        .Where(line => line.AssetId == assetId && line.Status == TransferStatus.Confirmed && line.IsAmbiguous == isAmbiguous)
        .Aggregate(BigInteger.Zero, (sum, line) => sum + line.Amount);

    private bool IsOnTime(DateTimeOffset? at) =>
        !_isCancelled && (at <= terms.ExpiresAt || (at >= _topUp?.At && at <= _topUp.Until));

    private static TransferStatus Status(BlockReference? block) => block is null ? TransferStatus.Seen : TransferStatus.Confirming;

    private sealed record Line(
        BigInteger Amount, string AssetId, string Network, bool IsOnTime, TransferStatus Status, bool IsAccepted = false)
    {
        public bool IsAmbiguous { get; init; }

        public bool Stands => Status is TransferStatus.Seen or TransferStatus.Confirming or TransferStatus.Confirmed;
    }
}
