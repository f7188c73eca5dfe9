using CoinPay.Chains;
using CoinPay.Simulation.Chains;
using CoinPay.Simulation.Runtime;
using CoinPay.Testing.Storage;
using CoinPay.Testing.Storage.Direct;
using CoinPay.Testing.Storage.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace CoinPay.Simulation;

/// <summary>Money removed by a reorg is not booked out: the lines back to the world are left out of their batch.</summary>
internal sealed class ForgottenReversal : Seams
{
    public override ValueTask<TableAnswer> CallAsync(World world, TableRequest request, TableCall tables) =>
        tables(request with { Changes = [.. request.Changes.Where(change => !IsReversal(change))] });

    private static bool IsReversal(RowChange change) =>
        change.Properties.GetValueOrDefault("Destination") is string text && text.StartsWith("world:", StringComparison.Ordinal);
}

/// <summary>A node that does not answer is read as one that has nothing: the last head again, and an empty mempool.</summary>
internal sealed class UnknownIsEmpty : Seams
{
    public override IChain Through(ModelNode node) => new Reader(node);

    private sealed class Reader(ModelNode node) : Through(node)
    {
        private ChainHead? _last;

        public override async Task<ChainHead> ReadHeadAsync(CancellationToken cancellation)
        {
            try
            {
                return _last = await base.ReadHeadAsync(cancellation);
            }
            catch (ChainUnknownException) when (_last is not null)
            {
                return _last;
            }
        }

        public override async Task<IReadOnlyList<ChainTransfer>> ReadMempoolAsync(
            Func<string, bool> isWatched, CancellationToken cancellation)
        {
            try
            {
                return await base.ReadMempoolAsync(isWatched, cancellation);
            }
            catch (ChainUnknownException)
            {
                return [];
            }
        }
    }
}

/// <summary>The second payment of a transaction is mistaken for the first.</summary>
internal sealed class KeyedByTransactionOnly : Seams
{
    public override IChain Through(ModelNode node) => new Reader(node);

    private sealed class Reader(ModelNode node) : Through(node)
    {
        public override async Task<IReadOnlyList<ChainBlock>> ReadBlocksAsync(
            long from, long to, long byHashAbove, Func<string, bool> isWatched, CancellationToken cancellation) =>
            [.. (await base.ReadBlocksAsync(from, to, byHashAbove, isWatched, cancellation))
                .Select(block => block with { Transfers = [.. block.Transfers.Select(Keyed)] })];

        public override async Task<IReadOnlyList<ChainTransfer>> ReadMempoolAsync(
            Func<string, bool> isWatched, CancellationToken cancellation) =>
            [.. (await base.ReadMempoolAsync(isWatched, cancellation)).Select(Keyed)];

        private static ChainTransfer Keyed(ChainTransfer transfer) => transfer with { Ordinal = "0" };
    }
}

/// <summary>Decisions use the machine's time: functions get a different clock from everything else.</summary>
internal sealed class ClockInTheDecider : Seams
{
    public override void Change(IServiceCollection parts)
    {
        TimeProvider rest = (TimeProvider)parts.Last(part => part.ServiceType == typeof(TimeProvider)).ImplementationInstance!;
        parts.AddSingleton<Root>();
        parts.AddScoped(provider => provider.GetRequiredService<Root>().Provider == provider ? rest : TimeProvider.System);
    }

    private sealed class Root(IServiceProvider provider)
    {
        public IServiceProvider Provider => provider;
    }
}

/// <summary>The pending row is deleted when the invoice begins to read, not after it has committed.</summary>
internal sealed class AcknowledgedBeforeCommit : Seams
{
    public override async ValueTask<TableAnswer> CallAsync(World world, TableRequest request, TableCall tables)
    {
        TableAnswer answer = await tables(request).ConfigureAwait(false);
        if (request is { Action: StorageAction.GetEntity, Table: "Watches", Partition: { } partition, Key: { } key }
            && answer.Refusal is null && key.StartsWith("pending!", StringComparison.Ordinal))
            world.Write("Watches", StorageAction.DeleteEntity, partition, key);
        return answer;
    }
}

/// <summary>Events left to publish after a commit are lost: the event's row is not kept.</summary>
internal sealed class DroppedOutbox : Seams
{
    public override async ValueTask<TableAnswer> CallAsync(World world, TableRequest request, TableCall tables)
    {
        TableAnswer answer = await tables(request).ConfigureAwait(false);
        if (request.Table == "Events" && answer.Refusal is null)
            foreach (RowChange change in request.Changes.Where(IsOfAnInvoice))
                world.Write("Events", StorageAction.DeleteEntity, change.Partition, change.Key);
        return answer;
    }

    private static bool IsOfAnInvoice(RowChange change) =>
        change.Action == StorageAction.InsertEntity
        && change.Properties.GetValueOrDefault("Type") is string type && type.StartsWith("invoice.", StringComparison.Ordinal);
}

/// <summary>The adapter does not see that a transaction is a coinbase.</summary>
internal sealed class ImmatureCoinbase : Seams
{
    public override IChain Through(ModelNode node) => new Reader(node);

    private sealed class Reader(ModelNode node) : Through(node)
    {
        public override async Task<IReadOnlyList<ChainBlock>> ReadBlocksAsync(
            long from, long to, long byHashAbove, Func<string, bool> isWatched, CancellationToken cancellation) =>
            [.. (await base.ReadBlocksAsync(from, to, byHashAbove, isWatched, cancellation))
                .Select(block => block with { Transfers = [.. block.Transfers.Select(transfer => transfer with { Maturity = 0 })] })];
    }
}

/// <summary>The adapter looks at a payment's own inputs only, and not at its fee.</summary>
internal sealed class TrustfulMempool : Seams
{
    public override IChain Through(ModelNode node) => new Reader(node);

    private sealed class Reader(ModelNode node) : Through(node)
    {
        public override async Task<IReadOnlyList<ChainTransfer>> ReadMempoolAsync(
            Func<string, bool> isWatched, CancellationToken cancellation) =>
            [.. (await base.ReadMempoolAsync(isWatched, cancellation)).Select(transfer => transfer with { HasConflict = false, IsDoubtful = false })];
    }
}

/// <summary>A poller that was overtaken while it was paused still writes views.</summary>
internal sealed class UnfencedViews : Seams
{
    public override ValueTask<TableAnswer> CallAsync(World world, TableRequest request, TableCall tables) =>
        tables(request with { Changes = [.. request.Changes.Select(Unfenced)] });

    private static RowChange Unfenced(RowChange change) =>
        change.Key.StartsWith("poller!", StringComparison.Ordinal) && change.IfMatch is not null ? change with { IfMatch = "*" } : change;
}

/// <summary>The addresses that a merchant's wallet gave out before are not looked for.</summary>
internal sealed class OverlookedHistory : Seams
{
    public override IChain Through(ModelNode node) => new Reader(node);

    private sealed class Reader(ModelNode node) : Through(node)
    {
        public override Task<HistoryPart> ReadHistoryAsync(IReadOnlyList<string> addresses, long from, CancellationToken cancellation) =>
            Task.FromResult(new HistoryPart([], Next: null, IsWhole: true));
    }
}

/// <summary>A node behind a wrapper that changes its answers.</summary>
internal abstract class Through(ModelNode node) : IChain, IMempoolSource, IHistorySource
{
    public Network Network => node.Network;

    public string RecipientOf(string address) => node.RecipientOf(address);

    public Task<IReadOnlyList<AssetFinding>> CompareAsync(CancellationToken cancellation) => node.CompareAsync(cancellation);

    public virtual Task<ChainHead> ReadHeadAsync(CancellationToken cancellation) => node.ReadHeadAsync(cancellation);

    public Task<string?> ReadBlockHashAsync(long height, CancellationToken cancellation) => node.ReadBlockHashAsync(height, cancellation);

    public virtual Task<IReadOnlyList<ChainBlock>> ReadBlocksAsync(
        long from, long to, long byHashAbove, Func<string, bool> isWatched, CancellationToken cancellation) =>
        node.ReadBlocksAsync(from, to, byHashAbove, isWatched, cancellation);

    public virtual Task<IReadOnlyList<ChainTransfer>> ReadMempoolAsync(Func<string, bool> isWatched, CancellationToken cancellation) =>
        node.ReadMempoolAsync(isWatched, cancellation);

    public virtual Task<HistoryPart> ReadHistoryAsync(IReadOnlyList<string> addresses, long from, CancellationToken cancellation) =>
        node.ReadHistoryAsync(addresses, from, cancellation);

    public IReadOnlyList<Spend> SpendsInMempool(Func<string, bool> isWatched) => node.SpendsInMempool(isWatched);
}
