using System.Collections.Concurrent;
using CoinPay.Chains;
using CoinPay.Chains.Evm;
using CoinPay.Functions.Platform.Secrets;

namespace CoinPay.Functions.Forwarders;

/// <summary>Holds the gas wallet of each network, shared by everything that pays gas there.</summary>
internal sealed class GasWallets(NodeConnection nodes, ISecrets secrets, IGasWalletTurns turns, TimeProvider clock) : IDisposable
{
    private readonly ConcurrentDictionary<(string Network, string Key), GasWallet> _wallets = new();

    /// <summary>Returns the wallet of the current key, or null if no key is set.</summary>
    public async Task<GasWallet?> FindAsync(Network network, CancellationToken cancellation) =>
        await secrets.FindAsync(SecretName.GasWalletKey, cancellation) is { Length: > 0 } key
            ? _wallets.GetOrAdd((network.Name, key), _ => Open(network, key))
            : null;

    public void Dispose()
    {
        foreach (GasWallet wallet in _wallets.Values)
            wallet.Dispose();
    }

    private GasWallet Open(Network network, string key)
    {
        try
        {
            return new(network, nodes.Http, key, turns, clock);
        }
        catch (ArgumentException)
        {
            throw new SettingsException("CoinPay__GasWalletKey must be a private key: 32 bytes as hex.");
        }
    }
}
