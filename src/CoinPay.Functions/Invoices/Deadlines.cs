using CoinPay.Chains;
using CoinPay.Core;

namespace CoinPay.Functions.Invoices;

/// <summary>Computes when to look at an invoice again if nothing wakes it.</summary>
internal sealed class Deadlines(Networks networks, TimeProvider clock)
{
    /// <summary>The first wait after a deadline that no complete poll has confirmed yet; later waits grow.</summary>
    private static readonly TimeSpan MinWait = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Returns the time shortly after the next deadline when a poll that began after it can have ended; after that, returns
    /// growing waits. Late money that waits for an exchange rate, and money that waits for depth on another network, are
    /// checked every <see cref="MaxWait"/>. Returns null if time alone changes nothing.
    /// </summary>
    public DateTime? NextOf(Invoice state)
    {
        DateTimeOffset now = clock.GetUtcNow();
        DateTime? look = InvoiceDecider.WantsRate(state) || InvoiceDecider.WaitsElsewhere(state) ? (now + MaxWait).UtcDateTime : null;
        return InvoiceDecider.NextDeadline(state) is { } deadline && AfterIt(state, deadline, now) is var next
            ? look < next ? look : next
            : look;
    }

    private DateTime AfterIt(Invoice state, DateTimeOffset deadline, DateTimeOffset now)
    {
        TimeSpan poll = networks.Find(state.Terms.Network)?.PollInterval ?? TimeSpan.Zero;
        DateTimeOffset first = deadline + MinWait + poll + poll;
        if (now < first)
            return first.UtcDateTime;
        TimeSpan overdue = (now - deadline) / 2;
        return (now + (overdue < MinWait ? MinWait : overdue > MaxWait ? MaxWait : overdue)).UtcDateTime;
    }
}
