using CoinPay.Chains.Evm;

namespace CoinPay.Testing.Chains;

/// <summary>Nobody else sends from the wallet.</summary>
internal sealed class FreeTurns : IGasWalletTurns, IAsyncDisposable
{
    public Task<IAsyncDisposable> TakeAsync(string network, string address, TimeSpan longest, CancellationToken cancellation) =>
        Task.FromResult<IAsyncDisposable>(this);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
