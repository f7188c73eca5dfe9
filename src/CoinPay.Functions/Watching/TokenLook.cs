using System.Numerics;
using CoinPay.Chains;
using CoinPay.Core;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Watching;

/// <summary>
/// Looks at the token balances of each invoice once, in the first complete poll that begins after its price has expired, so that it
/// does not expire while its address holds tokens that a node left out of a block's logs. What is found is ambiguous: an exception
/// that a person can accept. An invoice whose payment a reorg removed after its expiry is looked at again.
/// A poll looks at a limited number. Those that are left keep the poll from being complete past their expiry, so they wait. So do all
/// of them if the node does not tell the balances: the blocks are stored nevertheless.
/// </summary>
internal sealed class TokenLook(IChain chain, ViewStore views, ILogger log)
{
    /// <summary>The maximum of invoices in one poll: a few batches for each token.</summary>
    public const int MaxInvoices = 1_000;

    public async Task RunAsync(Scan scan, ChainHead head, DateTimeOffset beganAt, CancellationToken cancellation)
    {
        if (chain is not ITokenBalanceSource tokens)
            return;
        Watch[] expired = Expired(scan, beganAt), unmined = Unmined(scan, beganAt);
        if (expired.Length + unmined.Length == 0)
            return;
        try
        {
            await LookAsync(scan, tokens, [.. unmined.Union(expired)], head, beganAt, cancellation);
        }
        catch (ChainUnknownException unknown) when (unmined.Length == 0)
        {
            log.LogWarning("Cannot look at token balances, so no invoice expires: {Reason}", unknown.Message);
            scan.LookedUntil = expired[0].ExpiresAt;
        }
    }

    private async Task LookAsync(
        Scan scan, ITokenBalanceSource tokens, Watch[] due, ChainHead head, DateTimeOffset beganAt, CancellationToken cancellation)
    {
        IReadOnlyList<SweptTransfer> found = await tokens.FindTokensAsync(
            [
                .. due.Select(watch => new TokenHolder(
                    watch.Recipient, Platform.Id.TimeOf(watch.InvoiceId), asset => KnownAsync(scan, watch, asset, cancellation))),
            ],
            head,
            cancellation);
        foreach (SweptTransfer swept in found)
            scan.Take(swept.Transfer, swept.Block, beganAt, chain.Network);
    }

    /// <summary>Returns this network's invoices to look at, the first expiry first, and notes up to which expiry that is all.</summary>
    private Watch[] Expired(Scan scan, DateTimeOffset beganAt)
    {
        Watch[] expired = [.. scan.Memory.Watches.Expired(scan.Cursor.CompletePollBeganAt, beganAt)
            .Where(watch => watch.Network == chain.Network.Name)
            .OrderBy(watch => watch.ExpiresAt)];
        scan.LookedUntil = null;
        if (expired.Length <= MaxInvoices)
            return expired;
        // All that expire at one instant are looked at together, so every poll gets ahead.
        DateTimeOffset last = expired[MaxInvoices - 1].ExpiresAt!.Value;
        Watch[] looked = [.. expired.TakeWhile(watch => watch.ExpiresAt <= last)];
        if (looked.Length < expired.Length)
            scan.LookedUntil = expired[looked.Length].ExpiresAt;
        return looked;
    }

    /// <summary>Returns this network's expired invoices whose payment a reorg removed.</summary>
    private Watch[] Unmined(Scan scan, DateTimeOffset beganAt) =>
    [
        .. scan.Unmined
            .Select(scan.Memory.Watches.Find)
            .OfType<Watch>()
            .Where(watch => watch.Network == chain.Network.Name && watch.ExpiresAt < beganAt),
    ];

    private async Task<KnownTokens> KnownAsync(Scan scan, Watch watch, NetworkAsset token, CancellationToken cancellation)
    {
        List<ViewedTransfer> stored = await views.ReadAsync(watch.Network, watch.InvoiceId, cancellation);
        BigInteger recorded = scan.Over(watch.InvoiceId, stored)
            .Where(transfer => transfer is { Lost: null, Block: not null, WrongNetwork: null } && transfer.AssetId == token.Asset.Id)
            .Aggregate(BigInteger.Zero, (sum, transfer) => sum + transfer.Amount);
        DustCount dust = await views.ReadDustAsync(watch.Network, watch.InvoiceId, cancellation);
        return new(recorded, dust.Count * token.Dust);
    }
}
