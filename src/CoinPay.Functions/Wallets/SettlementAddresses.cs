using CoinPay.Chains;
using CoinPay.Functions.Http;
using CoinPay.Functions.Watching;

namespace CoinPay.Functions.Wallets;

/// <summary>
/// Refuses a settlement address that cannot take money or cannot give it back: first what is known without a node, then
/// what the chain shows. Without an answer from the node nothing is accepted, because the address would be fixed into
/// every invoice from then on.
/// </summary>
internal sealed class SettlementAddresses(Networks networks, ChainDirectory chains, WatchStore watches)
{
    /// <summary>Throws a problem that names what the address is.</summary>
    public async Task RequirePayableAsync(Network network, Wallet wallet, CancellationToken cancellation)
    {
        IWalletKind kind = network.Family.WalletKind;
        if (kind.DestinationOf(wallet.Fields) is not { } destination)
            return;
        INetworkSource chain = chains.Of(network.Name);
        string? loss = kind.FindLoss(destination, networks.All);
        if (loss is null && await watches.IsIssuedAsync(network.Name, chain.RecipientOf(destination), cancellation))
            loss = "This is the address of an invoice, not of a wallet.";
        loss ??= await AskAsync(network, chain, destination, cancellation);
        if (loss is not null)
            throw new ProblemException(Problems.UnusableSettlementAddress(loss));
    }

    private static async Task<string?> AskAsync(
        Network network, INetworkSource chain, string destination, CancellationToken cancellation)
    {
        if (chain is not IDestinationSource source)
            return null;
        try
        {
            return await source.FindLossAsync(destination, cancellation);
        }
        catch (ChainUnknownException)
        {
            throw new ProblemException(Problems.NetworkUnavailable(network.Name));
        }
    }
}
