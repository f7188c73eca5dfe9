using Azure.Core;
using Azure.Core.Pipeline;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Gateway;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Functions.Tests.Watching;

/// <summary>A poller over a chain that the test moves, with its stores in memory.</summary>
public abstract class PollerTest(PollerTest.Storage storage) : IClassFixture<PollerTest.Storage>
{
    private static int _networks;
    private NetworkPoller? _poller;

    internal FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));

    internal ModelChain Chain { get; } = new("model-" + Interlocked.Increment(ref _networks));

    /// <summary>What the pollers have logged.</summary>
    internal LogLines Log { get; } = new();

    internal WatchStore Watches => new(storage.Tables, new Networks([Chain.Network]));

    internal ViewStore Views => new(storage.Tables, new Networks([Chain.Network]));

    internal CursorStore Cursors => new(storage.Tables);

    /// <summary>The next poll is a new process's first.</summary>
    internal void Restart() => _poller = null;

    /// <summary>One poll; the invoices that it wakes.</summary>
    internal async Task<string[]> PollAsync()
    {
        _poller ??= NewPoller();
        return [.. (await _poller.PollAsync(CancellationToken.None)).Select(watch => watch.InvoiceId)];
    }

    internal NetworkPoller NewPoller(CursorStore? cursors = null, ViewStore? views = null) =>
        new(Chain, Watches, views ?? Views, cursors ?? Cursors, Clock, Log);

    /// <summary>What a poller's view writes go through.</summary>
    internal Task<ViewFence> FenceAsync() => Views.TakeOverAsync(
        Chain.Network.Name, new(0, ["00"], new(0, "00", Clock.GetUtcNow(), null, null), default, default) { Epoch = 1 }, CancellationToken.None);

    /// <summary>The same storage through a client that does something before each change of a cursor, and before each transaction.</summary>
    internal Tables StorageThat(Func<Task> beforeCursors) =>
        new(storage.Account.Tables(new BeforeChanges(nameof(Tables.Chains), beforeCursors)));

    /// <summary>The cursors of a process that dies just before it stores another one.</summary>
    internal CursorStore CursorsUntil(Func<bool> isDead) =>
        new(StorageThat(() => isDead() ? throw new InvalidOperationException("died") : Task.CompletedTask));

    internal Task<List<ViewedTransfer>> ViewAsync(Watch watch) => Views.ReadAsync(watch.Network, watch.InvoiceId, CancellationToken.None);

    /// <summary>The one transfer that an invoice's view shows.</summary>
    internal async Task<ViewedTransfer> TransferAsync(Watch watch) => Assert.Single(await ViewAsync(watch));

    internal async Task AcknowledgeAsync(Watch watch) => await Views.AcknowledgeAsync(
        watch.Network,
        watch.InvoiceId,
        (await Views.FindPendingAsync(watch.Network, watch.InvoiceId, CancellationToken.None))!.Tag,
        CancellationToken.None);

    internal Task<Watch> WatchAsync(string recipient, RequiredDepth? required = null, DateTimeOffset? expiresAt = null) => Watches.InsertAsync(
        new()
        {
            Network = Chain.Network.Name,
            InvoiceId = Id.New("inv", Clock.GetUtcNow()),
            MerchantId = Id.New("mer", Clock.GetUtcNow()),
            Address = recipient,
            Recipient = recipient,
            Required = required ?? RequiredDepth.OfBlocks(1),
            ExpiresAt = expiresAt,
            MonitorUntil = Clock.GetUtcNow().AddDays(90),
        },
        CancellationToken.None);

    /// <summary>One storage for all tests of the class; each test has a network of its own.</summary>
    public sealed class Storage : IAsyncLifetime
    {
        internal EdgeStorage Account { get; } = new();

        internal Tables Tables { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Tables = new Tables(Account.Tables());
            await Tables.EnsureCreatedAsync(CancellationToken.None);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class BeforeChanges(string table, Func<Task> act) : HttpPipelinePolicy
    {
        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            string path = message.Request.Uri.Path;
            bool isChange = message.Request.Method != RequestMethod.Get
                && (path.Contains(table, StringComparison.Ordinal) || path.EndsWith("$batch", StringComparison.Ordinal));
            if (isChange)
                await act();
            await ProcessNextAsync(message, pipeline);
        }
    }

    internal sealed class LogLines : ILogger<NetworkPoller>
    {
        public List<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Add(formatter(state, exception));
    }
}
