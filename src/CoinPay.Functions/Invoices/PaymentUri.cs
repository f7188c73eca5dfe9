using CoinPay.Chains;
using CoinPay.Core;

namespace CoinPay.Functions.Invoices;

/// <summary>The link a wallet opens with everything filled in. Sources: BIP-321 (and BIP-21), EIP-681.</summary>
internal static class PaymentUri
{
    public static string Of(Network network, NetworkAsset asset, string address, Amount due) => network.Family switch
    {
        NetworkFamily.Bitcoin => $"{network.Coin}:{address}?amount={due}",
        NetworkFamily.Evm when asset.Contract is { } contract =>
            $"ethereum:{contract}@{network.ChainId}/transfer?address={address}&uint256={due.Base}",
        NetworkFamily.Evm => $"ethereum:{address}@{network.ChainId}?value={due.Base}",
        _ => throw new BugException("family " + network.Family),
    };
}
