using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Gateway;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using AdvanceInvoice = CoinPay.Functions.Invoices.AdvanceInvoice;

namespace CoinPay.Acceptance.Scenarios;

/// <summary>Late ether on a real anvil. Time is moved, not waited for.</summary>
public sealed class EvmLateTests(RecoveryWorld world) : IClassFixture<RecoveryWorld>
{
    private NetworkPoller? _poller;

    [Theory]
    [InlineData(1)]
    [InlineData(80)]
    public async Task A_payment_that_comes_days_late_is_seen_and_held(int days)
    {
        InvoiceReference invoice = await CreateAsync();
        await TurnAsync();
        await world.MoveAsync(TimeSpan.FromMinutes(16));
        await TurnAsync();
        Assert.Equal(InvoiceStatus.Expired, (await AdvanceAsync(invoice)).Status);

        await world.MoveAsync(TimeSpan.FromDays(days));
        _poller = null;
        InvoiceTerms terms = (await AdvanceAsync(invoice)).Terms;
        string payment = await world.West.SendTransactionAsync(terms.Address, terms.Due.Base);
        await TurnAsync();
        Assert.Equal(InvoiceStatus.Expired, (await AdvanceAsync(invoice)).Status);
        await world.West.MineAsync(2);
        await TurnAsync();

        Invoice late = await AdvanceAsync(invoice);
        Transfer transfer = Assert.Single(late.Transfers.Values);
        Assert.Equal((InvoiceStatus.LatePaid, payment, false), (late.Status, transfer.TransactionHash, transfer.OnTime));
        Assert.Equal(ExceptionType.Late, Assert.Single(late.Exceptions).Type);
    }

    private IChain Chain => (IChain)world.Get<ChainDirectory>().Of(TwoChainWorld.WestName);

    private async Task<InvoiceReference> CreateAsync()
    {
        DateTimeOffset now = world.Clock.GetUtcNow();
        InvoiceReference invoice = new(Id.New("mer", now), Id.New("inv", now), TwoChainWorld.WestName);
        InvoiceTerms terms = world.Terms(invoice, StrandedInvoice.NewAddress());
        await world.Get<WatchStore>().InsertAsync(
            new()
            {
                Network = invoice.Network,
                InvoiceId = invoice.InvoiceId,
                MerchantId = invoice.MerchantId,
                Address = terms.Address,
                Recipient = Chain.RecipientOf(terms.Address),
                Required = terms.Confirmation.Required,
                MonitorUntil = terms.MonitorUntil,
                SweepAt = terms.ExpiresAt,
            },
            CancellationToken.None);
        await world.CommitAsync(null, new InvoiceCommand.Create(terms, now));
        return invoice;
    }

    /// <summary>A poll, and an advance of each invoice that it wakes.</summary>
    private async Task TurnAsync()
    {
        _poller ??= new NetworkPoller(
            Chain, world.Get<WatchStore>(), world.Get<ViewStore>(), world.Get<CursorStore>(), world.Clock,
            NullLogger<NetworkPoller>.Instance);
        foreach (Watch watch in await _poller.PollAsync(CancellationToken.None))
            await AdvanceAsync(new(watch.MerchantId, watch.InvoiceId, watch.Network));
    }

    private async Task<Invoice> AdvanceAsync(InvoiceReference invoice)
    {
        await world.Function<AdvanceInvoice>().Run(invoice, new FewInstances(), CancellationToken.None);
        return (await world.Get<InvoiceStore>().FindAsync(invoice.MerchantId, invoice.InvoiceId, CancellationToken.None))!.State;
    }
}
