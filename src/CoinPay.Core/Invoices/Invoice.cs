using System.Collections.Immutable;
using System.Numerics;

namespace CoinPay.Core;

/// <summary>An invoice's state: its terms, its status, and every transfer that was ever shown for it.</summary>
public sealed record Invoice
{
    public required InvoiceTerms Terms { get; init; }

    public InvoiceStatus Status { get; init; }

    /// <summary>The number of events so far: increases with every change, never decreases.</summary>
    public int Version { get; init; }

    public bool IsCancelled { get; init; }

    /// <summary>No payment can be on time any more: a complete poll began and ended after the price expired.</summary>
    public bool WindowClosed { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>
    /// Set while a view is applied in several commits: the money when the last view was completely applied. Nothing
    /// follows from the transfers until the whole view is applied.
    /// </summary>
    public MoneyTotals? LastComplete { get; init; }

    /// <summary>What was accepted about more transfers than one commit holds: the rest of them follows.</summary>
    public OwedAcceptance? Owed { get; init; }

    /// <summary>What a person accepted as the price. Acceptances add up: each alone is a reason to be paid.</summary>
    public ImmutableList<Acceptance> Acceptances { get; init; } = [];

    /// <summary>Money in other assets that a person kept in addition to a price that was paid: base units by asset.</summary>
    public ImmutableSortedDictionary<string, BigInteger> Kept { get; init; } =
        ImmutableSortedDictionary.Create<string, BigInteger>(StringComparer.Ordinal);

    /// <summary>When the chain took back the money of a paid invoice; null while it is paid or never was.</summary>
    public DateTimeOffset? PaidLostAt { get; init; }

    /// <summary>The period in which a customer who was asked for the rest can still pay it on time, or null.</summary>
    public TopUp? TopUp { get; init; }

    /// <summary>Whether the rate allowed late money to be accepted; null before any was judged.</summary>
    public bool? LateAccepted { get; init; }

    public DateTimeOffset? FulfilledAt { get; init; }

    /// <summary>Open exceptions and the last resolved ones, in the order in which they opened.</summary>
    public ImmutableList<InvoiceException> Exceptions { get; init; } = [];

    /// <summary>
    /// Money from other networks that was moved to the merchant's settlement address there: base units by asset
    /// (CAIP-19).
    /// </summary>
    public ImmutableSortedDictionary<string, BigInteger> Recovered { get; init; } =
        ImmutableSortedDictionary.Create<string, BigInteger>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, Transfer> Transfers { get; init; } =
        ImmutableSortedDictionary.Create<string, Transfer>(StringComparer.Ordinal);

    /// <summary>The transfers of the asset that is due which the chain has not dropped.</summary>
    public IEnumerable<Transfer> Counted => Transfers.Values.Where(transfer => transfer.Stands && IsDue(transfer));

    /// <summary>Whether a transfer is of the asset that is due, on its network, and certainly for this invoice.</summary>
    public bool IsDue(Transfer transfer) => transfer.AssetId == Terms.Due.Asset.Id && !transfer.IsAmbiguous;

    public BigInteger Seen => Sum(Counted);

    public BigInteger Confirmed => Sum(Counted.Where(transfer => transfer.Status == TransferStatus.Confirmed));

    /// <summary>Confirmed money of an asset, whether that asset is due or not, excluding ambiguous transfers.</summary>
    public BigInteger ConfirmedOf(string assetId) => Sum(Transfers.Values.Where(transfer =>
        transfer is { Status: TransferStatus.Confirmed, IsAmbiguous: false } && transfer.AssetId == assetId));

    /// <summary>Whether the price was met or exceeded, by the status.</summary>
    public bool IsPaid => Status is InvoiceStatus.Paid or InvoiceStatus.Overpaid;

    /// <summary>Overpaid, the merchant wants a person to review it first, and nobody has.</summary>
    public bool IsHeld => Status == InvoiceStatus.Overpaid && Terms.Over == AmountPolicy.Hold && Acceptances.IsEmpty;

    /// <summary>Whether goods may go out.</summary>
    public bool MayBeFulfilled => IsPaid && !IsHeld && LastComplete is null;

    /// <summary>Base units of another asset that a person took, as the price or in addition to it.</summary>
    public BigInteger TakenOf(string assetId) => Acceptances
        .Where(acceptance => acceptance.OtherAssetId == assetId && acceptance.IsMetBy(this))
        .Select(acceptance => acceptance.OtherAmount)
        .Append(Kept.GetValueOrDefault(assetId))
        .Max();

    /// <summary>The last instant at which a payment is on time.</summary>
    public DateTimeOffset WindowEndsAt => TopUp?.Until ?? Terms.ExpiresAt;

    public static BigInteger Sum(IEnumerable<Transfer> transfers) =>
        transfers.Aggregate(BigInteger.Zero, (sum, transfer) => sum + transfer.Amount);

    /// <summary>
    /// Returns the state after an event. Handles every event of the closed set; anything else is a bug.
    /// </summary>
    public static Invoice Evolve(Invoice? state, InvoiceEvent happened)
    {
        if (happened is InvoiceCreated created)
        {
            Assert.That(state is null && created.Terms.Due.Base > 0);
            return new() { Terms = created.Terms, Version = 1, UpdatedAt = created.At };
        }
        Assert.That(state is not null);
        return Apply(state, happened) with { Version = state.Version + 1, UpdatedAt = happened.At };
    }

    private static Invoice Apply(Invoice state, InvoiceEvent happened) => happened switch
    {
        TransferSeen seen => state.With(seen.Transfer),
        TransferMoved moved => state.With(Moved(state, state.Transfers[moved.Key], moved)),
        TransferConfirmed confirmed => state.With(state.Transfers[confirmed.Key] with { Status = TransferStatus.Confirmed }),
        TransferLost lost => state.With(state.Transfers[lost.Key].LostBy(lost.How, lost.ReplacedBy)),
        PaymentWindowClosed => state with { WindowClosed = true },
        PaymentDetected => state with { Status = InvoiceStatus.Detected },
        ConfirmationStarted => state with { Status = InvoiceStatus.Confirming },
        InvoicePaid => state with { Status = InvoiceStatus.Paid, PaidLostAt = null },
        InvoiceUnderpaid => state with { Status = InvoiceStatus.Underpaid },
        InvoiceOverpaid => state with { Status = InvoiceStatus.Overpaid, PaidLostAt = null },
        InvoiceExpired => state with { Status = InvoiceStatus.Expired },
        InvoicePaidLate => state with { Status = InvoiceStatus.LatePaid },
        InvoiceCancelled => state with { Status = InvoiceStatus.Cancelled, IsCancelled = true, WindowClosed = true },
        PaymentReverted reverted => state.Reverted(reverted),
        ViewPartlyApplied => state with { LastComplete = MoneyTotals.Of(state) },
        ViewApplied => state with { LastComplete = null, Owed = null },
        AcceptanceSplit split => state with { Owed = new(split.Type, split.AssetId, split.By) },
        AcceptancesLapsed => state.Lapsed(),
        TransferAccepted accepted => state.With(
            state.Transfers[accepted.Key] with { Status = TransferStatus.Confirmed, IsAccepted = true }),
        TransferAttributed ours => state.With(state.Transfers[ours.Key] with { IsAmbiguous = false, IsAttributed = true }),
        PaymentAccepted accepted => state.With(new Acceptance(accepted.Amount, accepted.OtherAssetId, accepted.OtherAmount)),
        MoneyKept kept => state with { Kept = state.Kept.SetItem(kept.AssetId, kept.Amount) },
        TopUpRequested asked => state with { TopUp = new(asked.At, asked.Until), WindowClosed = false, Status = InvoiceStatus.Detected },
        LateRateJudged judged => state with { LateAccepted = judged.IsAccepted },
        InvoiceFulfilled => state with { FulfilledAt = happened.At },
        ExceptionOpened opened => state.Opened(opened),
        ExceptionResolved resolved => state.Resolved(resolved),
        ExceptionReopened reopened => state.Reopened(reopened),
        RecoveryRequested asked => state.With(asked.Number, new Recovery(asked.Network, asked.SettlementAddress, asked.At)),
        RecoveryFailed failed => state.With(failed.Number, state.RecoveryOf(failed.Number) with { Failure = failed.Reason }),
        MoneyRecovered moved => state.WithRecovered(moved),
        _ => throw new BugException("event " + happened.GetType().Name),
    };

    private static Transfer Moved(Invoice state, Transfer transfer, TransferMoved moved) => transfer with
    {
        Block = moved.Block,
        Amount = moved.Amount ?? transfer.Amount,
        IsAmbiguous = moved.IsAmbiguous ?? transfer.IsAmbiguous,
        ReplacedBy = null,
        Status = transfer.IsAccepted ? TransferStatus.Confirmed : moved.Block is null ? TransferStatus.Seen : TransferStatus.Confirming,
        OnTime = transfer.OnTime || state.IsOnTime(moved.Block?.Time),
    };

    /// <summary>
    /// Whether a payment first seen, or stamped by its block, at this instant is on time. Never after cancellation.
    /// </summary>
    internal bool IsOnTime(DateTimeOffset? at) =>
        !IsCancelled && (at <= Terms.ExpiresAt || (TopUp is { } more && at >= more.From && at <= more.Until));

    private Invoice Reverted(PaymentReverted reverted)
    {
        bool isPaidStill = reverted.To is InvoiceStatus.Paid or InvoiceStatus.Overpaid;
        return this with { Status = reverted.To, PaidLostAt = IsPaid && !isPaidStill ? reverted.At : PaidLostAt };
    }

    /// <summary>Adds a reason to be paid. One about the same asset that needs as much or more is no longer needed.</summary>
    private Invoice With(Acceptance acceptance) => this with
    {
        Acceptances = Acceptances.RemoveAll(known => known.OtherAssetId == acceptance.OtherAssetId
            && known.Amount >= acceptance.Amount && known.OtherAmount >= acceptance.OtherAmount).Add(acceptance),
    };

    /// <summary>Decisions to accept money no longer hold: what was decided about is open to decide again.</summary>
    private Invoice Lapsed() => this with
    {
        Acceptances = [],
        Kept = Kept.Clear(),
        LateAccepted = LateAccepted == true ? null : LateAccepted,
        Exceptions = Exceptions.ConvertAll(known =>
            known.Resolution?.Action == ExceptionAction.AcceptAsPaid ? known with { IsLapsed = true } : known),
    };

    private Invoice Opened(ExceptionOpened opened) => this with
    {
        Exceptions = Exceptions.Add(new()
        {
            Number = Version + 1,
            Type = opened.Type,
            AssetId = opened.AssetId,
            Amount = opened.Amount,
            OpenedAt = opened.At,
        }),
    };

    private Invoice Resolved(ExceptionResolved resolved)
    {
        InvoiceException open = Exceptions.Find(known => known.Number == resolved.Number && known.IsOpen)
            ?? throw new BugException("no open exception " + resolved.Number);
        InvoiceException over = open with
        {
            Amount = resolved.Amount,
            Resolution = new(resolved.Action, resolved.Note, resolved.By, resolved.At),
        };
        ImmutableList<InvoiceException> all = Exceptions.Replace(open, over);
        InvoiceException? oldest = all.Find(known => !known.IsOpen && known.Recovery is not { IsPending: true });
        return this with { Exceptions = all.Count > MaxExceptions && oldest is not null ? all.Remove(oldest) : all };
    }

    private Invoice Reopened(ExceptionReopened reopened)
    {
        InvoiceException over = Exceptions.Find(known => known.Number == reopened.Number && !known.IsOpen)
            ?? throw new BugException("no resolved exception " + reopened.Number);
        InvoiceException open = over with
        {
            Amount = reopened.Amount,
            Resolution = null,
            Reopening = new(reopened.Note, reopened.By, reopened.At),
        };
        return this with { Exceptions = Exceptions.Replace(over, open) };
    }

    private Recovery RecoveryOf(int number) =>
        Exceptions.Find(known => known.Number == number)?.Recovery ?? throw new BugException("no recovery of exception " + number);

    private Invoice With(int number, Recovery recovery)
    {
        InvoiceException exception = Exceptions.Find(known => known.Number == number)
            ?? throw new BugException("no exception " + number);
        return this with { Exceptions = Exceptions.Replace(exception, exception with { Recovery = recovery }) };
    }

    private Invoice WithRecovered(MoneyRecovered moved)
    {
        Recovery recovered = RecoveryOf(moved.Number) with
        {
            Amount = moved.Amount,
            TransactionHash = moved.TransactionHash,
            RecoveredAt = moved.At,
            Failure = null,
        };
        return With(moved.Number, recovered) with
        {
            Recovered = Recovered.SetItem(moved.AssetId, Recovered.GetValueOrDefault(moved.AssetId) + moved.Amount),
        };
    }

    /// <summary>Beyond this number, the oldest resolved ones are kept only in the timeline.</summary>
    private const int MaxExceptions = 30;

    private Invoice With(Transfer transfer) => this with { Transfers = Transfers.SetItem(transfer.Key, transfer) };
}

/// <summary>The amounts accepted as the price: of the asset that is due, and of another asset if any.</summary>
public sealed record Acceptance(BigInteger Amount, string? OtherAssetId, BigInteger OtherAmount)
{
    /// <summary>Whether all of what was accepted is confirmed.</summary>
    public bool IsMetBy(Invoice state) =>
        state.Confirmed >= Amount && (OtherAssetId is null || state.ConfirmedOf(OtherAssetId) >= OtherAmount);
}

/// <summary>A decision about transfers, as by <see cref="ExceptionType.Stalled"/> or <see cref="ExceptionType.Ambiguous"/>.</summary>
public sealed record OwedAcceptance(ExceptionType Type, string AssetId, string By);

/// <summary>The customer was asked for the rest and can pay it in this period.</summary>
public sealed record TopUp(DateTimeOffset From, DateTimeOffset Until);
