using System.Numerics;

namespace CoinPay.Core;

/// <summary>What an invoice's transfers amount to, as far as its status depends on it.</summary>
/// <param name="AcceptancesMet">The number of a person's acceptances whose money is there.</param>
public sealed record MoneyTotals(
    BigInteger OnTimeSeen,
    BigInteger OnTimeMined,
    BigInteger OnTimeConfirmed,
    BigInteger LateConfirmed,
    int AcceptancesMet)
{
    public BigInteger Confirmed => OnTimeConfirmed + LateConfirmed;

    public bool HasLessThan(MoneyTotals before) =>
        OnTimeSeen < before.OnTimeSeen
        || OnTimeMined < before.OnTimeMined
        || OnTimeConfirmed < before.OnTimeConfirmed
        || Confirmed < before.Confirmed
        || AcceptancesMet < before.AcceptancesMet;

    public static MoneyTotals Of(Invoice state)
    {
        List<Transfer> onTime = state.Counted.Where(transfer => transfer.OnTime).ToList();
        return new(
            Invoice.Sum(onTime),
            Invoice.Sum(onTime.Where(transfer => transfer.Block is not null)),
            Invoice.Sum(onTime.Where(transfer => transfer.Status == TransferStatus.Confirmed)),
            Invoice.Sum(state.Counted.Where(t => !t.OnTime && t.Status == TransferStatus.Confirmed)),
            state.Acceptances.Count(acceptance => acceptance.IsMetBy(state)));
    }
}
