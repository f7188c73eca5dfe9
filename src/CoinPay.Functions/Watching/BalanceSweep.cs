using CoinPay.Chains;
using CoinPay.Core;

namespace CoinPay.Functions.Watching;

/// <summary>
/// The last step of a complete poll: checks the balances of native-asset invoices that are due according to
/// <see cref="SweepSchedule"/> or that lost a payment in this poll's reorg. A poll is complete only after this step, so
/// an invoice cannot expire before its balance was checked in a poll that began after its expiry. The step is part of the
/// poll, not a timer of its own, because only the poller writes views.
/// Every network of an address space checks the native-asset invoices of the whole space, because a payer may send the
/// right coin on the wrong network (ether on Base): with k networks that is k · ceil(N/500) calls a day. Invoices in
/// tokens are not checked: a token transfer has a log on every network, so the only payment missed is one in a coin
/// other than the invoice's, sent by a contract; and there are many more of those invoices.
/// </summary>
internal sealed class BalanceSweep(IChain chain, ViewStore views)
{
    public async Task RunAsync(Scan scan, ChainHead head, DateTimeOffset beganAt, CancellationToken cancellation)
    {
        if (chain is not IBalanceSource balances)
            return;
        Network network = chain.Network;
        IReadOnlySet<string> unmined = scan.Unmined;
        List<Watch> due = unmined
            .Select(scan.Memory.Watches.Find)
            .OfType<Watch>()
            .Where(watch => watch.SweepAt is not null)
            .Union(scan.Memory.Watches.SweepDue(scan.Cursor.CompletePollBeganAt, beganAt))
            .ToList();
        if (due.Count == 0)
            return;
        IReadOnlyList<SweptTransfer> found = await balances.SweepAsync(
            [.. due.Select(watch => new SweptAddress(
                watch.Recipient,
                Platform.Id.TimeOf(watch.InvoiceId),
                unmined.Contains(watch.InvoiceId) || watch.SweepAt >= scan.Cursor.CompletePollBeganAt,
                () => KnownAsync(scan, watch, cancellation)))],
            head,
            cancellation);
        foreach (SweptTransfer swept in found)
            scan.Take(swept.Transfer, swept.Block, beganAt, network);
    }

    private async Task<IReadOnlyList<KnownPayment>> KnownAsync(Scan scan, Watch watch, CancellationToken cancellation)
    {
        string? coin = chain.Network.Assets.FirstOrDefault(listed => listed.Contract is null)?.Asset.Id;
        string? elsewhere = watch.Network == chain.Network.Name ? null : chain.Network.Name;
        List<ViewedTransfer> stored = await views.ReadAsync(watch.Network, watch.InvoiceId, cancellation);
        return
        [
            .. from transfer in scan.Over(watch.InvoiceId, stored)
               where transfer is { Lost: null, Block: not null } && transfer.WrongNetwork == elsewhere && transfer.AssetId == coin
               select new KnownPayment(transfer.TransactionHash, transfer.Block!.Height, transfer.Amount),
        ];
    }
}
