using System.Numerics;
using CoinPay.Chains;
using CoinPay.Chains.Evm;
using CoinPay.Core;
using CoinPay.Functions.Forwarders;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Nodes;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Acceptance.Scenarios;

/// <summary>
/// The gateway's own parts in this process, on Azurite and a real anvil, <c>anvil-west</c>; its other network is nowhere.
/// Nobody has deployed the factory. The clock can be moved; timers run by the machine's.
/// </summary>
public sealed class RecoveryWorld : AppServices
{
    private readonly MovableClock _clock = new();
    private string _networks = "";

    internal Anvil West { get; private set; } = null!;

    internal override TimeProvider Clock => _clock;

    internal override Dictionary<string, string?> Networks => new(base.Networks, StringComparer.Ordinal)
    {
        ["CoinPay:Networks:anvil_west:Rpc"] = West.Rpc.ToString(),
        ["CoinPay:NetworksFile"] = _networks,
        ["CoinPay:GasWalletKey"] = Anvil.PublishedKeys[2],
    };

    private protected override async ValueTask<ITestStorage> OpenStorageAsync() => await AzuriteStorage.StartAsync();

    public override async ValueTask InitializeAsync()
    {
        West = await Anvil.StartAsync(chainId: 31338);
        _networks = await TwoChainWorld.WriteNetworksAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        await West.DisposeAsync();
        File.Delete(_networks);
    }

    /// <summary>An invoice in the other network's money, paid there, taken by the merchant, with the recovery noted.</summary>
    internal async Task<StrandedInvoice> StrandedAsync(BigInteger amount, string? settlement = null)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        InvoiceReference invoice = new(Id.New("mer", now), Id.New("inv", now), "anvil");
        InvoiceTerms terms = Terms(invoice, settlement ?? StrandedInvoice.NewAddress());
        string transaction = await West.SendTransactionAsync(terms.Address, amount);
        long height = await West.HeightAsync();
        Asset coin = Get<Networks>().Find(TwoChainWorld.WestName)!.Assets[0].Asset;
        ViewedTransfer seen = new(
            transaction, "native@west", coin.Id, null, amount, now, new(height, "0xblock", now), Lost: null)
        {
            WrongNetwork = TwoChainWorld.WestName,
        };
        View view = new([seen], null)
        {
            Others = new Dictionary<string, ChainKnowledge> { [TwoChainWorld.WestName] = new(height + 10, null, null, now) },
        };
        Stored<Invoice> stored = await CommitAsync(null, new InvoiceCommand.Create(terms, now));
        stored = await CommitAsync(stored, new InvoiceCommand.Advance(view, now));
        stored = await CommitAsync(
            stored,
            new InvoiceCommand.ResolveException(stored.State.Exceptions[0].Number, ExceptionAction.AcceptAsPaid, null, "key_1", now)
            {
                ConfirmedSettlementAddress = terms.SettlementDestination,
            });
        await Get<InvoiceOutbox>().FlushAsync(stored, CancellationToken.None);
        return new(this, terms, amount);
    }

    /// <summary>Moves the gateway's clock and the chain's on.</summary>
    internal async Task MoveAsync(TimeSpan time)
    {
        _clock.Ahead += time;
        await West.SendAsync("evm_increaseTime", (long)time.TotalSeconds);
        await West.MineAsync();
    }

    /// <summary>The timer's next tick, late enough that every attempt is due.</summary>
    internal Task TickAsync()
    {
        _clock.Ahead += TimeSpan.FromHours(1);
        return Function<RecoverForwarders>().Run(new TimerInfo(), CancellationToken.None);
    }

    internal async Task<Stored<Invoice>> CommitAsync(Stored<Invoice>? before, InvoiceCommand command)
    {
        Decision decision = InvoiceDecider.Decide(before?.State, command);
        Xunit.Assert.Null(decision.Rejection);
        return await Get<InvoiceStore>().CommitAsync(before, decision.Events, null, null, CancellationToken.None);
    }

    /// <summary>A thousandth of an ether on the invoice's network, due within a quarter of an hour from its id on.</summary>
    internal InvoiceTerms Terms(InvoiceReference invoice, string settlement)
    {
        DateTimeOffset now = Id.TimeOf(invoice.InvoiceId);
        Amount due = new(Get<Networks>().Find(invoice.Network)!.Assets[0].Asset, 1_000_000_000_000_000);
        ForwarderAddress forwarder = ForwarderAddress.Compute(
            ForwarderFactory.Address, settlement, ForwarderAddress.SaltOf(invoice.InvoiceId));
        return new()
        {
            Id = invoice.InvoiceId,
            MerchantId = invoice.MerchantId,
            Quote = new(new Price("0.001", due.Asset.Symbol), null, due),
            Network = invoice.Network,
            Address = forwarder.Address,
            PaymentUri = "ethereum:",
            Derivation = new ForwarderDerivation(
                forwarder.Factory, forwarder.Salt, forwarder.InitCodeHash, forwarder.SettlementAddress),
            Confirmation = new(RequiredDepth.OfBlocks(3), "test", "three blocks"),
            DepthElsewhere = new Dictionary<string, RequiredDepth> { [TwoChainWorld.WestName] = RequiredDepth.OfBlocks(3) },
            Tolerance = new(0, 0),
            SettlementDestination = forwarder.SettlementAddress,
            FulfilmentKey = "ful_test",
            CreatedAt = now,
            ExpiresAt = now.AddMinutes(15),
            MonitorUntil = now.AddDays(90),
        };
    }

    private sealed class MovableClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}

/// <summary>An invoice whose money stands on another network.</summary>
internal sealed record StrandedInvoice(RecoveryWorld World, InvoiceTerms Terms, BigInteger Amount)
{
    public static string NewAddress() =>
        "0x" + Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(20));

    public async Task<Invoice> ReadAsync() =>
        (await World.Get<InvoiceStore>().FindAsync(Terms.MerchantId, Terms.Id, CancellationToken.None))!.State;

    public async Task<Recovery> RecoveryAsync() => (await ReadAsync()).Exceptions.Single().Recovery!;

    public Task<BigInteger> SettledAsync() => World.West.BalanceAsync(Terms.SettlementDestination);

    public async Task<int> TimesBookedAsync() =>
        (await World.Get<InvoiceStore>().ReadTimelineAsync(Terms.MerchantId, Terms.Id, CancellationToken.None))
        .Count(row => row.Event is MoneyRecovered);

    /// <summary>What the merchant's queue shows of the recovery.</summary>
    public async Task<string> ShownAsync() => System.Text.Encoding.UTF8.GetString(
        (await World.Tables.Exceptions.QueryAsync<Azure.Data.Tables.TableEntity>(
            row => row.PartitionKey == Terms.MerchantId + "!test").SingleAsync()).GetBinary("Document"));

    public async Task<bool> IsNotedAsync() => await World.Storage.GetTableClient("Watches")
        .QueryAsync<Azure.Data.Tables.TableEntity>(row => row.RowKey == "recover!" + Terms.Id).AnyAsync();
}
