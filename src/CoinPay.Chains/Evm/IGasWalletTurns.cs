using System.Numerics;

namespace CoinPay.Chains.Evm;

/// <summary>Lets only one process at a time send from a gas wallet: two transactions of one account would compete for a nonce.</summary>
public interface IGasWalletTurns
{
    /// <summary>How long to wait for a turn. Callers try again: a timer soon, an API caller when it likes.</summary>
    static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Waits for the turn, which ends when it is disposed, and at the latest after <paramref name="longest"/>.
    /// </summary>
    /// <exception cref="ChainUnknownException">Another process still has the turn after <see cref="Patience"/>.</exception>
    Task<IGasWalletTurn> TakeAsync(string network, string address, TimeSpan longest, CancellationToken cancellation);
}

/// <summary>A process's turn, with the note that it, or the process before it, left about the last transaction.</summary>
public interface IGasWalletTurn : IAsyncDisposable
{
    /// <summary>The last transaction that was sent, or was about to be.</summary>
    GasWalletNote? Note { get; }

    /// <summary>Writes down a transaction before it is sent, so that a crash cannot make anyone forget it.</summary>
    /// <exception cref="ChainUnknownException">The turn has ended: nothing may be sent.</exception>
    Task WriteAsync(GasWalletNote note, CancellationToken cancellation);
}

/// <summary>A transaction of a gas wallet. Perhaps a crash prevented its sending; what it notes is then merely too high.</summary>
/// <param name="Nonce">Its nonce: of all that were sent with it, the chain takes one.</param>
/// <param name="Fees">The highest fees offered for it.</param>
/// <param name="OnceId">What must be done once and for which it was sent, if anything.</param>
/// <param name="Hashes">Those that were sent for the same purpose, the newest last.</param>
public sealed record GasWalletNote(BigInteger Nonce, GasFees Fees, string? OnceId, IReadOnlyList<string> Hashes);
