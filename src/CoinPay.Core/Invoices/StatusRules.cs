using System.Numerics;

namespace CoinPay.Core;

/// <summary>Computes the status that the booked transfers amount to, and the next event towards it.</summary>
internal static class StatusRules
{
    /// <summary>
    /// Returns the next status change that is due, or null. The way up from created has no shortcuts: detected,
    /// confirming, paid (unless unconfirmed money is accepted, or a person accepted what arrived). The status goes back
    /// only if there was money <paramref name="before"/>, when the last view was completely applied, that there is not
    /// now: more money on its way (a lost payment that counts again) takes nothing back.
    /// </summary>
    public static InvoiceEvent? Next(MoneyTotals before, Invoice state, DateTimeOffset at)
    {
        InvoiceStatus target = Target(state);
        if (target == state.Status)
            return null;
        if (Standing(target) < Standing(state.Status) && !WasInTime(before, state, target))
            return MoneyTotals.Of(state).HasLessThan(before) ? new PaymentReverted(target, at) : null;
        return NextStep(state, target) switch
        {
            InvoiceStatus.Detected => new PaymentDetected(at),
            InvoiceStatus.Confirming => new ConfirmationStarted(at),
            InvoiceStatus.Paid => new InvoicePaid(at),
            InvoiceStatus.Underpaid => new InvoiceUnderpaid(at),
            InvoiceStatus.Overpaid => new InvoiceOverpaid(at),
            InvoiceStatus.Expired => new InvoiceExpired(at),
            InvoiceStatus.LatePaid => new InvoicePaidLate(at),
            _ => throw new BugException($"no way from {state.Status} to {target}"),
        };
    }

    /// <summary>
    /// A payment judged late turns out, by its block's timestamp, to have been on time but too little: nothing is taken back.
    /// </summary>
    private static bool WasInTime(MoneyTotals before, Invoice state, InvoiceStatus target) =>
        (state.Status, target) == (InvoiceStatus.LatePaid, InvoiceStatus.Underpaid)
        && !MoneyTotals.Of(state).HasLessThan(before);

    /// <summary>Whether the end of the payment window will change the status.</summary>
    public static bool TurnsOnTheWindow(Invoice state) =>
        !state.WindowClosed && Target(state) != Target(state with { WindowClosed = true });

    private static InvoiceStatus NextStep(Invoice state, InvoiceStatus target) => (state.Status, target) switch
    {
        (InvoiceStatus.Created, InvoiceStatus.Confirming or InvoiceStatus.Paid or InvoiceStatus.Overpaid or InvoiceStatus.Underpaid)
            => InvoiceStatus.Detected,
        (InvoiceStatus.Detected, InvoiceStatus.Paid or InvoiceStatus.Overpaid)
            when !state.Terms.Confirmation.Required.AcceptsUnconfirmed && state.Acceptances.IsEmpty => InvoiceStatus.Confirming,
        _ => target,
    };

    private static InvoiceStatus Target(Invoice state)
    {
        MoneyTotals money = MoneyTotals.Of(state);
        BigInteger due = state.Terms.Due.Base;
        BigInteger least = state.Terms.Tolerance.Min(due);
        bool accepted = money.OnTimeConfirmed >= least
            || (LateRules.TakesLate(state) && money.Confirmed >= least)
            || (state.WindowClosed && state.Terms.Under == AmountPolicy.Accept
                && money.OnTimeConfirmed >= Tolerance.Floor(due, state.Terms.UnderFloorPercent)
                && money.OnTimeConfirmed == money.OnTimeSeen);
        bool acceptedByPerson = money.AcceptancesMet > 0;
        if (accepted && state.IsCancelled && !acceptedByPerson)
            return InvoiceStatus.LatePaid;
        if (accepted || acceptedByPerson)
            return money.Confirmed > state.Terms.Tolerance.Max(due) ? InvoiceStatus.Overpaid : InvoiceStatus.Paid;
        return state.WindowClosed ? AfterTheWindow(state, money, least) : WhileItIsOpen(money, least);
    }

    private static InvoiceStatus WhileItIsOpen(MoneyTotals money, BigInteger least)
    {
        if (money.OnTimeSeen.IsZero)
            return InvoiceStatus.Created;
        return money.OnTimeMined >= least ? InvoiceStatus.Confirming : InvoiceStatus.Detected;
    }

    private static InvoiceStatus AfterTheWindow(Invoice state, MoneyTotals money, BigInteger least)
    {
        // Before late money: otherwise any coin sent late would mark a payment late that only lacks depth.
        if (money.OnTimeMined >= least)
            return InvoiceStatus.Confirming;
        if (money.LateConfirmed > 0)
            return InvoiceStatus.LatePaid;
        if (money.OnTimeSeen.IsZero)
            return state.IsCancelled ? InvoiceStatus.Cancelled : InvoiceStatus.Expired;
        return money.OnTimeConfirmed == money.OnTimeSeen ? InvoiceStatus.Underpaid : InvoiceStatus.Detected;
    }

    /// <summary>Ranks statuses by the money behind them; going to a lower rank is a step back.</summary>
    private static int Standing(InvoiceStatus status) => status switch
    {
        InvoiceStatus.Created or InvoiceStatus.Expired or InvoiceStatus.Cancelled => 0,
        InvoiceStatus.Detected => 1,
        InvoiceStatus.Underpaid => 2,
        InvoiceStatus.Confirming => 3,
        InvoiceStatus.LatePaid => 4,
        InvoiceStatus.Paid => 5,
        InvoiceStatus.Overpaid => 6,
        InvoiceStatus.Refunded => 7,
        _ => throw new BugException("status " + status),
    };
}
