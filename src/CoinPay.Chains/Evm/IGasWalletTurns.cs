namespace CoinPay.Chains.Evm;

/// <summary>Lets only one process at a time send from a gas wallet: two transactions of one account would compete for a nonce.</summary>
public interface IGasWalletTurns
{
    /// <summary>
    /// Waits for the turn, which ends when it is disposed, and at the latest after <paramref name="longest"/>.
    /// </summary>
    /// <exception cref="ChainUnknownException">Another process still has the turn after a while.</exception>
    Task<IAsyncDisposable> TakeAsync(string network, string address, TimeSpan longest, CancellationToken cancellation);
}
