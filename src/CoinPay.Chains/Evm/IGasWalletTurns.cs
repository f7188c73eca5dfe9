namespace CoinPay.Chains.Evm;

/// <summary>Lets one process at a time send from a gas wallet: two transactions of one account would race for a nonce.</summary>
public interface IGasWalletTurns
{
    /// <summary>Waits for the turn, which ends when it is disposed of, and at the latest after <paramref name="longest"/>.</summary>
    /// <exception cref="ChainUnknownException">It is still somebody else's after a while.</exception>
    Task<IAsyncDisposable> TakeAsync(string network, string address, TimeSpan longest, CancellationToken cancellation);
}
