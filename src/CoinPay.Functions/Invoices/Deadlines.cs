using CoinPay.Chains;
using CoinPay.Core;

namespace CoinPay.Functions.Invoices;

/// <summary>When an invoice is to be looked at again although nothing woke it.</summary>
internal sealed class Deadlines(Networks networks, TimeProvider clock)
{
    /// <summary>A deadline that no complete poll has confirmed yet is looked at again after this, and then ever more rarely.</summary>
    private static readonly TimeSpan MinWait = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A moment after the next deadline, when a poll that began after it can have ended; then after growing waits. Late money
    /// that waits for an exchange rate is looked at again every <see cref="MaxWait"/>. Null: time alone changes nothing.
    /// </summary>
    public DateTime? NextOf(Invoice state)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (InvoiceDecider.NextDeadline(state) is not { } deadline)
            return InvoiceDecider.WantsRate(state) ? (now + MaxWait).UtcDateTime : null;
        TimeSpan poll = networks.Find(state.Terms.Network)?.PollInterval ?? TimeSpan.Zero;
        DateTimeOffset first = deadline + MinWait + poll + poll;
        if (now < first)
            return first.UtcDateTime;
        TimeSpan overdue = (now - deadline) / 2;
        return (now + (overdue < MinWait ? MinWait : overdue > MaxWait ? MaxWait : overdue)).UtcDateTime;
    }
}
