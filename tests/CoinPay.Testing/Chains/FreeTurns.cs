using CoinPay.Chains.Evm;

namespace CoinPay.Testing.Chains;

/// <summary>Nobody else sends from the wallet; the note is kept from turn to turn.</summary>
internal sealed class FreeTurns : IGasWalletTurns, IGasWalletTurn
{
    public GasWalletNote? Note { get; set; }

    public Task<IGasWalletTurn> TakeAsync(string network, string address, TimeSpan longest, CancellationToken cancellation) =>
        Task.FromResult<IGasWalletTurn>(this);

    public Task WriteAsync(GasWalletNote note, CancellationToken cancellation)
    {
        Note = note;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
