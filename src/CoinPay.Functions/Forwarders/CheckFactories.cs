using CoinPay.Chains;
using CoinPay.Chains.Evm;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Forwarders;

/// <summary>
/// Checks once at startup that the forwarder factory exists on each EVM network, and deploys it if a gas wallet is set.
/// Invoices do not wait for it: their addresses are known before anything is deployed, and payments to them can be
/// moved once the factory exists.
/// </summary>
internal sealed class CheckFactories(
    Networks networks, NodeConnection nodes, GasWallets wallets, TimeProvider time, ILogger<CheckFactories> log)
    : BackgroundService
{
    /// <summary>How long to wait before asking an unreachable node again.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        from network in networks.All
        where network.Factory is not null
        select CheckAsync(network, stoppingToken));

    private async Task CheckAsync(Network network, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await EnsureAsync(network, stopping);
                return;
            }
            catch (ChainUnknownException unknown)
            {
                log.LogDebug(unknown, "{Network}: cannot determine yet whether the factory is deployed", network.Name);
            }
            catch (TransactionFailedException failed)
            {
                log.LogWarning("The forwarder factory was not deployed: {Reason}", failed.Message);
                return;
            }
            await Task.Delay(Pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task EnsureAsync(Network network, CancellationToken stopping)
    {
        GasWallet? wallet = await wallets.FindAsync(network, stopping);
        ForwarderFactory factory = new(network, nodes.Http, wallet, time);
        if (await factory.StandsAsync(stopping))
            return;
        if (wallet is null)
            log.LogWarning(
                "{Network} has no forwarder factory at {Factory}: set {Setting} to deploy it, or deploy it yourself",
                network.Name,
                network.Factory,
                "CoinPay__GasWalletKey");
        else if (await factory.EnsureDeployedAsync(stopping))
            log.LogInformation("{Network}: deployed the forwarder factory at {Factory}", network.Name, network.Factory);
    }
}
