using System.Collections.Immutable;
using System.Numerics;

namespace CoinPay.Core;

/// <summary>An invoice's state: its terms, where it stands, and every transfer that was ever shown for it.</summary>
public sealed record Invoice
{
    public required InvoiceTerms Terms { get; init; }

    public InvoiceStatus Status { get; init; }

    /// <summary>The number of events so far: rises with every change, never falls.</summary>
    public int Version { get; init; }

    public bool IsCancelled { get; init; }

    /// <summary>
    /// No payment can be on time any more: a complete poll has begun and ended since the price expired.
    /// </summary>
    public bool WindowClosed { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public ImmutableSortedDictionary<string, Transfer> Transfers { get; init; } =
        ImmutableSortedDictionary.Create<string, Transfer>(StringComparer.Ordinal);

    /// <summary>Standing transfers of the asset that is due.</summary>
    public IEnumerable<Transfer> Counted => Transfers.Values.Where(transfer => transfer.Stands && IsDue(transfer));

    /// <summary>Whether a transfer is of the asset that is due, on its network, and certainly for this invoice.</summary>
    public bool IsDue(Transfer transfer) => transfer.AssetId == Terms.Due.Asset.Id && !transfer.IsAmbiguous;

    public BigInteger Seen => Sum(Counted);

    public BigInteger Confirmed => Sum(Counted.Where(transfer => transfer.Status == TransferStatus.Confirmed));

    public static BigInteger Sum(IEnumerable<Transfer> transfers) =>
        transfers.Aggregate(BigInteger.Zero, (sum, transfer) => sum + transfer.Amount);

    /// <summary>The state after an event. Total over the closed set; anything else is a bug.</summary>
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
        TransferMoved moved => state.With(Moved(state, state.Transfers[moved.Key], moved.Block)),
        TransferConfirmed confirmed => state.With(state.Transfers[confirmed.Key] with { Status = TransferStatus.Confirmed }),
        TransferLost lost => state.With(state.Transfers[lost.Key].LostBy(lost.How, lost.ReplacedBy)),
        PaymentWindowClosed => state with { WindowClosed = true },
        PaymentDetected => state with { Status = InvoiceStatus.Detected },
        ConfirmationStarted => state with { Status = InvoiceStatus.Confirming },
        InvoicePaid => state with { Status = InvoiceStatus.Paid },
        InvoiceUnderpaid => state with { Status = InvoiceStatus.Underpaid },
        InvoiceOverpaid => state with { Status = InvoiceStatus.Overpaid },
        InvoiceExpired => state with { Status = InvoiceStatus.Expired },
        InvoicePaidLate => state with { Status = InvoiceStatus.LatePaid },
        InvoiceCancelled => state with { Status = InvoiceStatus.Cancelled, IsCancelled = true, WindowClosed = true },
        PaymentReverted reverted => state with { Status = reverted.To },
        _ => throw new BugException("event " + happened.GetType().Name),
    };

    private static Transfer Moved(Invoice state, Transfer transfer, BlockReference? block) => transfer with
    {
        Block = block,
        ReplacedBy = null,
        Status = block is null ? TransferStatus.Seen : TransferStatus.Confirming,
        OnTime = transfer.OnTime || state.IsOnTime(block?.Time),
    };

    /// <summary>
    /// Whether a payment first seen or stamped at this instant is on time. None is after cancellation.
    /// </summary>
    internal bool IsOnTime(DateTimeOffset? at) => !IsCancelled && at <= Terms.ExpiresAt;

    private Invoice With(Transfer transfer) => this with { Transfers = Transfers.SetItem(transfer.Key, transfer) };
}
