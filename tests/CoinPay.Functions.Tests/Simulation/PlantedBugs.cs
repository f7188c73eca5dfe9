using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using CoinPay.Embedded.Storage;
using CoinPay.Functions.Chains;
using Microsoft.Extensions.DependencyInjection;

namespace CoinPay.Functions.Tests.Simulation;

/// <summary>Money that a reorg took away is not booked out: the lines back to the world are left out of their batch.</summary>
internal sealed class ForgottenReversal : Seams
{
    private const string Line = "\r\n";

    public override ValueTask CallAsync(World world, HttpMessage message, HttpPipelineTransport storage)
    {
        if (message.Request.Uri.Path.EndsWith("$batch", StringComparison.Ordinal))
            message.Request.Content = RequestContent.Create(WithoutReversals(Requests.BodyOf(message)));
        return storage.ProcessAsync(message);
    }

    private static byte[] WithoutReversals(string body)
    {
        int at = body.IndexOf("--changeset_", StringComparison.Ordinal);
        string delimiter = body[at..body.IndexOf(Line, at, StringComparison.Ordinal)];
        string[] parts = body.Split(delimiter, StringSplitOptions.None);
        return Encoding.UTF8.GetBytes(string.Join(
            delimiter, parts.Where(part => !part.Contains("\"Destination\":\"world:", StringComparison.Ordinal))));
    }
}

/// <summary>A node that cannot say is read as one that has nothing: the last head again, and an empty mempool.</summary>
internal sealed class UnknownIsEmpty : Seams
{
    public override IChain Through(IChain node) => new Reader(node);

    private sealed class Reader(IChain node) : Through(node)
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

/// <summary>The second payment of a transaction is taken for the first.</summary>
internal sealed class KeyedByTransactionOnly : Seams
{
    public override IChain Through(IChain node) => new Reader(node);

    private sealed class Reader(IChain node) : Through(node)
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

/// <summary>What decides asks the machine for the time: functions get another clock than everything else.</summary>
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

/// <summary>The pending row goes when the invoice begins to look, not when it has committed what it saw.</summary>
internal sealed class AcknowledgedBeforeCommit : Seams
{
    public override async ValueTask CallAsync(World world, HttpMessage message, HttpPipelineTransport storage)
    {
        await storage.ProcessAsync(message).ConfigureAwait(false);
        string path = Uri.UnescapeDataString(message.Request.Uri.Path);
        if (message.Request.Method != RequestMethod.Get || message.Response.Status != 200
            || !path.Contains("Watches(", StringComparison.Ordinal) || !path.Contains("RowKey='pending!", StringComparison.Ordinal))
            return;
        string[] keys = path.Split('\'');
        world.Write("Watches", StorageAction.DeleteEntity, keys[1], keys[3]);
    }
}

/// <summary>What a commit left to tell is forgotten instead of told: the event's row does not stay.</summary>
internal sealed class DroppedOutbox : Seams
{
    public override async ValueTask CallAsync(World world, HttpMessage message, HttpPipelineTransport storage)
    {
        string body = message.Request.Method == RequestMethod.Post
            && message.Request.Uri.Path.TrimStart('/').StartsWith("Events", StringComparison.Ordinal) ? Requests.BodyOf(message) : "";
        await storage.ProcessAsync(message).ConfigureAwait(false);
        if (body.Length == 0 || message.Response.IsError)
            return;
        using System.Text.Json.JsonDocument row = System.Text.Json.JsonDocument.Parse(body);
        string Value(string name) => row.RootElement.GetProperty(name).GetString()!;
        if (Value("Type").StartsWith("invoice.", StringComparison.Ordinal))
            world.Write("Events", StorageAction.DeleteEntity, Value("PartitionKey"), Value("RowKey"));
    }
}

/// <summary>A node read through something that changes what it says.</summary>
internal abstract class Through(IChain node) : IChain
{
    public Network Network => node.Network;

    public string RecipientOf(string address) => node.RecipientOf(address);

    public virtual Task<ChainHead> ReadHeadAsync(CancellationToken cancellation) => node.ReadHeadAsync(cancellation);

    public Task<string?> ReadBlockHashAsync(long height, CancellationToken cancellation) => node.ReadBlockHashAsync(height, cancellation);

    public virtual Task<IReadOnlyList<ChainBlock>> ReadBlocksAsync(
        long from, long to, long byHashAbove, Func<string, bool> isWatched, CancellationToken cancellation) =>
        node.ReadBlocksAsync(from, to, byHashAbove, isWatched, cancellation);

    public virtual Task<IReadOnlyList<ChainTransfer>> ReadMempoolAsync(Func<string, bool> isWatched, CancellationToken cancellation) =>
        node.ReadMempoolAsync(isWatched, cancellation);

    public IReadOnlyList<Spend> SpendsInMempool(Func<string, bool> isWatched) => node.SpendsInMempool(isWatched);
}

internal static class Requests
{
    public static string BodyOf(HttpMessage message)
    {
        using MemoryStream body = new();
        message.Request.Content!.WriteTo(body, CancellationToken.None);
        return Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length);
    }
}
