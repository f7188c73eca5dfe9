using CoinPay.Chains;
using CoinPay.Functions.Platform;

namespace CoinPay.Functions.Watching;

/// <summary>
/// Whether a network is <em>available</em>: its last complete poll began recently. Otherwise it is <em>unknown</em>: its node is
/// silent, behind or stands still, the poller is catching up, or nothing polls. Payments are then found later, and a new invoice
/// would send a customer to an address that nobody sees, so none is created.
/// </summary>
internal sealed class NetworkStatus(CursorStore cursors, TimeProvider clock)
{
    public const string Available = "available";
    public const string Unknown = "unknown";

    /// <summary>A restart of the gateway or of a node takes less, and refuses no order.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Short, compared with <see cref="Patience"/>.</summary>
    private static readonly TimeSpan MemoryOfCursor = TimeSpan.FromSeconds(5);

    private readonly ShortMemory<Cursor?> _cursors = new(clock, MemoryOfCursor);

    /// <param name="cursor">The network's stored cursor; null before the first poll.</param>
    public static bool IsAvailable(Network network, Cursor? cursor, DateTimeOffset now) =>
        cursor is not null && now - cursor.CompletePollBeganAt <= Patience + (2 * network.PollInterval);

    public static string Of(Network network, Cursor? cursor, DateTimeOffset now) => IsAvailable(network, cursor, now) ? Available : Unknown;

    /// <summary>Whether the network is available, as of a few seconds ago. That it is unknown is never taken from memory.</summary>
    public async Task<bool> IsAvailableAsync(Network network, CancellationToken cancellation)
    {
        Cursor? cursor = await _cursors.GetAsync(network.Name, () => cursors.FindAsync(network.Name, cancellation));
        bool isAvailable = IsAvailable(network, cursor, clock.GetUtcNow());
        if (!isAvailable)
            _cursors.Forget(network.Name);
        return isAvailable;
    }
}
