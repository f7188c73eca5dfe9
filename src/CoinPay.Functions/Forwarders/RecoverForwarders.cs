using Azure;
using CoinPay.Chains;
using CoinPay.Chains.Evm;
using CoinPay.Core;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Invoices.Exceptions;
using CoinPay.Functions.Platform.Aggregates;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Forwarders;

/// <summary>
/// Moves money that arrived on another network to the merchant's settlement address there, once the merchant has agreed:
/// checks the chain, flushes the forwarder if it holds money, and books the recovery once it has been empty for long
/// enough. Every step can be repeated, so a crash between any two costs only gas.
/// </summary>
internal sealed class RecoverForwarders(
    RecoveryStore recoveries, InvoiceStore invoices, ExceptionStore exceptions, Networks networks, NodeConnection nodes,
    GasWallets wallets, TimeProvider clock, ILogger<RecoverForwarders> log)
{
    private static readonly (TimeSpan Shortest, TimeSpan Longest) WhileUnderWay = (TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10));

    /// <summary>Each attempt may cost gas.</summary>
    private static readonly (TimeSpan Shortest, TimeSpan Longest) AfterFailure = (TimeSpan.FromMinutes(1), TimeSpan.FromDays(1));

    [Function(nameof(RecoverForwarders))]
    public async Task Run([TimerTrigger("*/15 * * * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        _ = timer;
        foreach (PendingRecovery pending in await recoveries.ReadDueAsync(cancellation))
            await TakeFurtherAsync(pending, cancellation);
    }

    private async Task TakeFurtherAsync(PendingRecovery pending, CancellationToken cancellation)
    {
        Stored<Invoice>? stored = await invoices.FindAsync(pending.MerchantId, pending.InvoiceId, cancellation);
        bool hasFailed = false;
        foreach (InvoiceException exception in Pending(stored?.State).ToList())
        {
            RecoveryAttempt attempt = await AttemptAsync(stored!.State, exception, cancellation);
            hasFailed |= attempt.Failure is not null;
            stored = await CommitAsync(stored, exception, attempt, cancellation);
        }
        if (stored is not null)
            await exceptions.WriteAsync(stored.State, cancellation);
        if (NextAttempt(stored?.State, hasFailed) is { } next)
            await recoveries.PostponeAsync(pending, next, cancellation);
        else
            await recoveries.ForgetAsync(pending, cancellation);
    }

    private async Task<RecoveryAttempt> AttemptAsync(
        Invoice state, InvoiceException exception, CancellationToken cancellation)
    {
        string invoiceId = state.Terms.Id;
        try
        {
            RecoveryAttempt attempt = await MoveAsync(state, exception, cancellation);
            if (attempt.Failure is { } reason)
                log.LogWarning("{InvoiceId}: money on another network was not moved: {Reason}", invoiceId, reason);
            return attempt;
        }
        catch (ChainUnknownException unknown)
        {
            log.LogInformation("{InvoiceId}: a recovery has to wait: {Reason}", invoiceId, unknown.Message);
            return RecoveryAttempt.UnderWay;
        }
        catch (TransactionFailedException failed)
        {
            log.LogWarning("{InvoiceId}: money on another network was not moved: {Reason}", invoiceId, failed.Message);
            return new(null, null, failed.Message);
        }
    }

    private async Task<RecoveryAttempt> MoveAsync(
        Invoice state, InvoiceException exception, CancellationToken cancellation)
    {
        if (networks.Find(exception.Recovery!.Network) is not { } network
            || network.Assets.FirstOrDefault(listed => listed.Asset.Id == exception.AssetId) is not { } asset)
            return new(null, null, $"{exception.AssetId} on {exception.Recovery.Network} is no longer offered here.");
        GasWallet? wallet = await wallets.FindAsync(network, cancellation);
        long? first = state.Transfers.Values
            .Where(transfer => transfer.AssetId == exception.AssetId)
            .Min(transfer => transfer.Block?.Height);
        // Otherwise lost in a reorg: it may come back, and is then checked again.
        return first is { } since
            ? await new ForwarderRecovery(network, nodes.Http, wallet, clock).RunAsync(state.Terms, asset, since, cancellation)
            : RecoveryAttempt.UnderWay;
    }

    /// <summary>Gives way to a concurrent commit: the next attempt decides on the state it left.</summary>
    private async Task<Stored<Invoice>> CommitAsync(
        Stored<Invoice> stored, InvoiceException exception, RecoveryAttempt attempt, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        InvoiceCommand? command = attempt switch
        {
            { EmptyAtHeight: { } height } => new InvoiceCommand.BookRecovery(exception.Number, height, attempt.TransactionHash, now),
            { Failure: { } reason } => new InvoiceCommand.NoteRecoveryFailure(exception.Number, reason, now),
            _ => null,
        };
        if (command is null || InvoiceDecider.Decide(stored.State, command).Events is not { Count: > 0 } events)
            return stored;
        try
        {
            return await invoices.CommitAsync(stored, events, chain: null, answer: null, cancellation);
        }
        catch (RequestFailedException conflict) when (conflict.Status == 412)
        {
            return stored;
        }
    }

    /// <summary>Waits half as long as it has taken so far, within limits. Returns null if nothing is under way.</summary>
    private DateTimeOffset? NextAttempt(Invoice? state, bool hasFailed)
    {
        List<Recovery> pending = [.. Pending(state).Select(exception => exception.Recovery!)];
        if (pending.Count == 0)
            return null;
        (TimeSpan shortest, TimeSpan longest) = hasFailed ? AfterFailure : WhileUnderWay;
        DateTimeOffset now = clock.GetUtcNow();
        TimeSpan half = (now - pending.Max(recovery => recovery.RequestedAt)) / 2;
        return now + (half < shortest ? shortest : half > longest ? longest : half);
    }

    private static IEnumerable<InvoiceException> Pending(Invoice? state) =>
        state?.Exceptions.Where(exception => exception.Recovery is { IsPending: true }) ?? [];
}
