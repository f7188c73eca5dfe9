using System.Numerics;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using AdvanceInvoice = CoinPay.Functions.Invoices.AdvanceInvoice;

namespace CoinPay.Acceptance.Scenarios;

/// <summary>
/// The gateway's own parts in this process over a real node and Azurite, with one clock for all that a test moves: the
/// gateway's, and the node's with it. The test takes the orchestration's turns: an advance for every wake and deadline.
/// </summary>
public abstract class MovedClockWorld : AppServices
{
    public static readonly TimeSpan PriceStands = TimeSpan.FromMinutes(30);
    private const int WarmUpBlocks = 30;
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private NetworkPoller? _poller;

    /// <summary>Why there is no such world on this machine, or null.</summary>
    internal virtual string? Missing => null;

    internal override TimeProvider Clock => _clock;

    internal Bitcoind Node { get; private set; } = null!;

    internal override Dictionary<string, string?> Networks => new(StringComparer.Ordinal)
    {
        [$"CoinPay:Networks:{Coin}_regtest:Rpc"] = Node.Rpc.ToString(),
        [$"CoinPay:Networks:{Coin}_regtest:User"] = Bitcoind.User,
        [$"CoinPay:Networks:{Coin}_regtest:Password"] = Bitcoind.Password,
    };

    private protected abstract string Coin { get; }

    private protected abstract Task<Bitcoind> StartNodeAsync();

    private protected override async ValueTask<ITestStorage> OpenStorageAsync() => await AzuriteStorage.StartAsync();

    public override async ValueTask InitializeAsync()
    {
        if (Missing is not null)
            return;
        Node = await StartNodeAsync();
        await Node.MineAsync(WarmUpBlocks);
        await base.InitializeAsync();
        await TurnAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Missing is not null)
            return;
        await base.DisposeAsync();
        await Node.DisposeAsync();
    }

    internal Task MoveAsync(TimeSpan time)
    {
        _clock.Advance(time);
        return Node.SetClockAsync(_clock.GetUtcNow());
    }

    /// <summary>Half a coin, due within the time that the price stands, and watched for 90 days.</summary>
    internal async Task<InvoiceReference> InvoiceAsync()
    {
        DateTimeOffset now = _clock.GetUtcNow();
        InvoiceReference invoice = new(Id.New("mer", now), Id.New("inv", now), Coin + "-regtest");
        InvoiceTerms terms = await TermsAsync(invoice, now);
        await Get<WatchStore>().InsertAsync(
            new()
            {
                Network = invoice.Network,
                InvoiceId = invoice.InvoiceId,
                MerchantId = invoice.MerchantId,
                Address = terms.Address,
                Recipient = Chain.RecipientOf(terms.Address),
                Required = terms.Confirmation.Required,
                MonitorUntil = terms.MonitorUntil,
            },
            CancellationToken.None);
        Decision created = InvoiceDecider.Decide(null, new InvoiceCommand.Create(terms, now));
        await Get<InvoiceStore>().CommitAsync(null, created.Events, null, [1], CancellationToken.None);
        return invoice;
    }

    internal async Task<Invoice> ReadAsync(InvoiceReference invoice) =>
        (await Get<InvoiceStore>().FindAsync(invoice.MerchantId, invoice.InvoiceId, CancellationToken.None))!.State;

    /// <summary>Pays an invoice in full; the transaction waits in the mempool.</summary>
    internal async Task<string> PayAsync(InvoiceReference invoice) =>
        await Node.SendAsync(await Node.TakeCoinAsync(), 0.0005m, ((await ReadAsync(invoice)).Terms.Address, 0.5m));

    /// <summary>A poll, and an advance of each invoice that it wakes.</summary>
    internal async Task TurnAsync()
    {
        _poller ??= new NetworkPoller(
            Chain, Get<WatchStore>(), Get<ViewStore>(), Get<CursorStore>(), _clock, NullLogger<NetworkPoller>.Instance);
        foreach (Watch watch in await _poller.PollAsync(CancellationToken.None))
            await AdvanceAsync(new(watch.MerchantId, watch.InvoiceId, watch.Network));
    }

    /// <summary>What the orchestration does when its deadline has come; the status after it.</summary>
    internal async Task<InvoiceStatus> AdvanceAsync(InvoiceReference invoice)
    {
        await Function<AdvanceInvoice>().Run(invoice, new FewInstances(), CancellationToken.None);
        return (await ReadAsync(invoice)).Status;
    }

    /// <summary>The next turn's poller is that of a new process.</summary>
    internal void Restart() => _poller = null;

    private IChain Chain => (IChain)Get<ChainDirectory>().Of(Coin + "-regtest");

    private async Task<InvoiceTerms> TermsAsync(InvoiceReference invoice, DateTimeOffset now)
    {
        Amount due = new(Chain.Network.Assets[0].Asset, new BigInteger(50_000_000));
        return new()
        {
            Id = invoice.InvoiceId,
            MerchantId = invoice.MerchantId,
            Quote = new(new Price("0.5", due.Asset.Symbol), null, due),
            Network = invoice.Network,
            Address = await Node.MerchantAddressAsync(),
            PaymentUri = "bitcoin:",
            Derivation = new XpubDerivation("0/0", 0, "00000000"),
            Confirmation = new(RequiredDepth.OfBlocks(2), "test", "two blocks"),
            Tolerance = new(0, 0),
            SettlementDestination = "the merchant's wallet",
            FulfilmentKey = "ful_test",
            CreatedAt = now,
            ExpiresAt = now + PriceStands,
            MonitorUntil = now.AddDays(90),
        };
    }
}

/// <summary>With a bitcoind.</summary>
public sealed class BitcoinMovedClock : MovedClockWorld
{
    private protected override string Coin => "bitcoin";

    private protected override Task<Bitcoind> StartNodeAsync() => Bitcoind.StartAsync();
}

/// <summary>With a litecoind.</summary>
public sealed class LitecoinMovedClock : MovedClockWorld
{
    internal override string? Missing => Bitcoind.WhyNoLitecoind;

    private protected override string Coin => "litecoin";

    private protected override Task<Bitcoind> StartNodeAsync() => Bitcoind.StartLitecoindAsync();
}
