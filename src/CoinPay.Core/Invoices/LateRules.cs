using System.Numerics;

namespace CoinPay.Core;

/// <summary>
/// Rules for late money if the merchant accepts it only while the rate has not moved too far. It is judged once, when
/// enough of it is confirmed; while the rate is unknown nothing is judged, and the money is held.
/// </summary>
internal static class LateRules
{
    /// <summary>Whether late money counts towards the price.</summary>
    public static bool TakesLate(Invoice state) =>
        state.Terms.Late == LatePolicy.Accept
        || (state.Terms.Late == LatePolicy.AcceptIfRateWithin && state.LateAccepted == true);

    /// <summary>Whether only a rate is missing for a judgement.</summary>
    public static bool WantsRate(Invoice state)
    {
        if (state.Terms.Late != LatePolicy.AcceptIfRateWithin || state.LateAccepted is not null || state.IsCancelled)
            return false;
        BigInteger least = state.Terms.Tolerance.Min(state.Terms.Due.Base);
        BigInteger late = Invoice.Sum(state.Counted.Where(transfer => !transfer.OnTime && transfer.Status == TransferStatus.Confirmed));
        return state.Confirmed >= least && state.Confirmed - late < least;
    }

    /// <summary>Returns the judgement if it is due and possible; otherwise null.</summary>
    public static LateRateJudged? Judge(Invoice state, InvoiceCommand.Advance advance)
    {
        if (!WantsRate(state))
            return null;
        if (state.Terms.Quote.Rate is not { } locked)
            return new(true, null, advance.At);
        return advance.Rate is { } now
            ? new(DecimalText.IsWithinPercent(now.Value, locked.Value, state.Terms.LateRatePercent), now, advance.At)
            : null;
    }
}
