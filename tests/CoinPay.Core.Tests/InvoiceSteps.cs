using CoinPay.Core;

namespace CoinPay.Tests.Core;

/// <summary>What can happen to an invoice, in words.</summary>
internal static class InvoiceSteps
{
    public const string Id = "inv_1";

    public const string Merchant = "mer_1";

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    public static readonly Asset Usdt = new("eip155:31337/erc20:0x5FbDB2315678afecb367f032d93F642f64180aa3", "USDT", 6);

    public static readonly Asset OtherUsdt = new("eip155:31338/erc20:0x5FbDB2315678afecb367f032d93F642f64180aa3", "USDT", 6);

    public static readonly Asset Ether = new("eip155:31337/slip44:60", "ETH", 18);

    /// <summary>An invoice of so many base units, which asks for three blocks unless it is said otherwise.</summary>
    public static Step Due(
        long amount,
        decimal under = 0,
        decimal over = 0,
        LatePolicy late = LatePolicy.Hold,
        AmountPolicy less = AmountPolicy.Hold,
        string depth = "3",
        AmountPolicy more = AmountPolicy.Accept,
        string? inConflict = null,
        string? rate = null,
        decimal rateWithin = 0,
        decimal floor = 1,
        string elsewhere = "3") => new(
            $"due {amount} under {under} over {over} late {late} less {less} depth {depth}",
            world => world.Command(new InvoiceCommand.Create(
                Terms(amount) with
                {
                    Tolerance = new(under, over),
                    Late = late,
                    Under = less,
                    UnderFloorPercent = floor,
                    DepthElsewhere = new Dictionary<string, RequiredDepth> { ["anvil2"] = RequiredDepth.Parse(elsewhere)! },
                    Over = more,
                    LateRatePercent = rateWithin,
                    Quote = Terms(amount).Quote with { Rate = rate is null ? null : new(rate, "EUR/USDT", "test", world.Now) },
                    Confirmation = new(RequiredDepth.Parse(depth)!, "test", "test")
                    {
                        InConflict = inConflict is null ? null : RequiredDepth.Parse(inConflict),
                    },
                },
                world.Now)));

    /// <summary>A transfer in the mempool.</summary>
    public static Step Saw(string hash, long amount, Asset? asset = null) => new(
        $"saw {hash} {amount}",
        world => world.Show(new(hash, "0", (asset ?? Usdt).Id, "payer", amount, world.Now, null, null)));

    /// <summary>A new head that holds the transfer, known before or not. Its stamp is this long before now.</summary>
    public static Step Mined(string hash, long amount = 0, Asset? asset = null, TimeSpan stampedBefore = default) =>
        new(
        $"mined {hash} {amount}",
        world =>
        {
            world.Height++;
            BlockReference block = world.NewBlock(world.Height);
            block = block with { Time = block.Time - stampedBefore };
            if (world.Find(hash) is null)
                world.Show(new(hash, "0", (asset ?? Usdt).Id, "payer", amount, world.Now, block, null));
            else
                world.Change(hash, transfer => transfer with { Block = block, Lost = null });
        });

    /// <summary>So many blocks on top.</summary>
    public static Step Blocks(int count) => new($"{count} blocks", world => world.Height += count);

    /// <summary>In a block, and as deep as three blocks ask.</summary>
    public static Step Deep(string hash, long amount = 0, Asset? asset = null) =>
        AtOnce(Mined(hash, amount, asset), Blocks(2));

    public static Step SafeIs(long aboveStart) => new($"safe {aboveStart}", world => world.Safe = 1_000 + aboveStart);

    public static Step FinalizedIs(long aboveStart) =>
        new($"finalized {aboveStart}", world => world.Finalized = 1_000 + aboveStart);

    /// <summary>A reorg took everything away and no block or mempool holds it.</summary>
    public static Step SeesNothing { get; } = new(
        "sees nothing",
        world =>
        {
            foreach (string key in world.Shown.ToList())
                world.Change(key[..^2], transfer => transfer with { Block = null, Lost = TransferStatus.Reorged });
        });

    /// <summary>Another transaction, which pays somebody else, spent its inputs.</summary>
    public static Step SpentElsewhere(string hash, string by = "other") => new(
        $"{hash} spent by {by}",
        world => world.Change(hash, transfer => transfer with { Block = null, Lost = TransferStatus.Replaced, ReplacedBy = by }));

    /// <summary>A transfer in the mempool that spends what an earlier one spent.</summary>
    public static Step SawConflicting(string hash, long amount) => AtOnce(
        Saw(hash, amount),
        new("in conflict", world => world.Change(hash, transfer => transfer with { HasConflict = true })));

    /// <summary>A transfer in the mempool whose fee is too low, or of which nobody knows what it descends from.</summary>
    public static Step SawDoubtful(string hash, long amount) => AtOnce(
        Saw(hash, amount),
        new("doubtful", world => world.Change(hash, transfer => transfer with { IsDoubtful = true })));

    /// <summary>The miner's own income, in a new block.</summary>
    public static Step MinedAsCoinbase(string hash, long amount) => AtOnce(
        Mined(hash, amount),
        new("coinbase", world => world.Change(hash, transfer => transfer with { Maturity = 100 })));

    /// <summary>Money at the address that could be anybody's.</summary>
    public static Step MinedAmbiguous(string hash, long amount, Asset? asset = null) => AtOnce(
        Mined(hash, amount, asset),
        new("ambiguous", world => world.Change(hash, transfer => transfer with { IsAmbiguous = true })),
        Blocks(2));

    /// <summary>Money of another network in a block of that network, with so many blocks from it to the head.</summary>
    public static Step MinedOn(string network, string hash, long amount, int blocks, long height = 50) => new(
        $"{hash} mined on {network}",
        world =>
        {
            BlockReference block = world.Find(hash)?.Block ?? world.NewBlock(height);
            ViewedTransfer transfer = world.Find(hash)
                ?? new(hash, "0", OtherUsdt.Id, "payer", amount, world.Now, block, null) { WrongNetwork = network };
            world.Show(transfer with { Block = block, Lost = null });
            world.Others[network] = new(block.Height + blocks - 1, null, null, world.Now);
        });

    public static Step LostOn(string hash) => new(
        $"{hash} lost", world => world.Change(hash, transfer => transfer with { Block = null, Lost = TransferStatus.Reorged }));

    public static Step Resolves(ExceptionType type, ExceptionAction action, string? note = null) => new(
        $"resolves {type} by {action}",
        world => world.Command(new InvoiceCommand.ResolveException(
            world.State!.Exceptions.Last(known => known.Type == type).Number, action, note, "key_1", world.Now)));

    /// <summary>A person decides about the amount that was on the screen.</summary>
    public static Step ResolvesAbout(long amount, ExceptionType type, ExceptionAction action) => new(
        $"resolves {type} about {amount} by {action}",
        world => world.Command(new InvoiceCommand.ResolveException(
            world.State!.Exceptions.Last(known => known.Type == type).Number, action, null, "key_1", world.Now)
        { ExpectedAmount = amount }));

    /// <summary>A person takes back the last decision about this type.</summary>
    public static Step Reopens(ExceptionType type, string? note = null) => new(
        $"reopens {type}",
        world => world.Command(new InvoiceCommand.ReopenException(
            world.State!.Exceptions.Last(known => known.Type == type).Number, note, "key_1", world.Now)));

    /// <summary>Money of another network is taken, under the settlement address that the merchant names.</summary>
    public static Step TakesFromElsewhere(string? settlementAddress) => new(
        $"takes it at {settlementAddress}",
        world => world.Command(new InvoiceCommand.ResolveException(
            world.State!.Exceptions.Last(known => known.Type == ExceptionType.WrongNetwork).Number,
            ExceptionAction.AcceptAsPaid, null, "key_1", world.Now)
        { ConfirmedSettlementAddress = settlementAddress }));

    /// <summary>The address was empty on the other network, at this height.</summary>
    public static Step EmptyElsewhere(long atHeight, string? by = "flush") => new(
        $"empty at {atHeight}",
        world => world.Command(new InvoiceCommand.BookRecovery(LastAccepted(world), atHeight, by, world.Now)));

    public static Step CannotBeMoved(string reason) => new(
        reason, world => world.Command(new InvoiceCommand.NoteRecoveryFailure(LastAccepted(world), reason, world.Now)));

    private static int LastAccepted(InvoiceWorld world) =>
        world.State!.Exceptions.Last(known => known.Resolution?.Action == ExceptionAction.AcceptAsPaid).Number;

    public static Step Fulfilled { get; } = FulfilledWith("ful_1");

    public static Step FulfilledWith(string key) =>
        new("fulfilled with " + key, world => world.Command(new InvoiceCommand.Fulfil(key, "key_1", world.Now)));

    public static Step RateIs(string? rate) => new("rate is " + rate, world => world.RateNow = rate);

    public static Step FinalityStalls { get; } = new("finality stalls", world => world.IsFinalityStalled = true);

    public static Step FinalityReturns { get; } = new("finality returns", world => world.IsFinalityStalled = false);

    public static Step Dropped(string hash) => Lost(hash, TransferStatus.Reorged);

    /// <summary>Another transaction spent its inputs.</summary>
    public static Step Replaced(string hash) => Lost(hash, TransferStatus.Replaced);

    /// <summary>A reorg took its block away; the transaction waits in the mempool again.</summary>
    public static Step BackInMempool(string hash) =>
        new($"{hash} back in mempool", world => world.Change(hash, transfer => transfer with { Block = null, Lost = null }));

    /// <summary>A reorg mined it again in the new head.</summary>
    public static Step MovedToTheHead(string hash) => new(
        $"{hash} moved to the head",
        world =>
        {
            BlockReference block = world.NewBlock(world.Height);
            world.Change(hash, transfer => transfer with { Block = block, Lost = null });
        });

    /// <summary>A reorg mined it again at the same height.</summary>
    public static Step MovedSideways(string hash) => new(
        $"{hash} moved sideways",
        world => world.Change(hash, transfer => transfer with { Block = world.NewBlock(transfer.Block!.Height) }));

    /// <summary>A reorg mined it again at the same height, where the token credits another amount.</summary>
    public static Step MovedWith(string hash, long amount) => AtOnce(
        MovedSideways(hash), new("with " + amount, world => world.Change(hash, transfer => transfer with { Amount = amount })));

    /// <summary>A reorg mined it again at the same height, where nobody can tell what it brought.</summary>
    public static Step MovedUnclear(string hash) => AtOnce(
        MovedSideways(hash), new("unclear", world => world.Change(hash, transfer => transfer with { IsAmbiguous = true })));

    /// <summary>So many transfers in the mempool, in one view: <c>t0</c>, <c>t1</c> and so on.</summary>
    public static Step SawMany(int count, long each, Asset? asset = null) =>
        AtOnce(Enumerable.Range(0, count).Select(i => Saw("t" + i, each, asset)).ToArray());

    /// <summary>The process died after the first commit of a view that takes several.</summary>
    public static Step OneCommitOf(Step view) => new(
        "one commit of " + view.Text,
        world =>
        {
            view.Change(world);
            world.AdvanceOnce();
            world.IsDead = true;
        });

    public static Step Minutes(int count) => new($"{count} minutes", world => world.Now += TimeSpan.FromMinutes(count));

    /// <summary>The price has expired; nobody has looked at the chain since.</summary>
    public static Step PriceExpires { get; } = new(
        "price expires",
        world => world.Now = Later(world.Now, InvoiceWorld.Opened + Window + TimeSpan.FromSeconds(1)));

    /// <summary>A poll that read everything began now, and has ended.</summary>
    public static Step CompletePoll { get; } = new("complete poll", world => world.CompletePollBeganAt = world.Now);

    /// <summary>The price has expired, and a complete poll begun after it shows what the view shows.</summary>
    public static Step WindowCloses { get; } = AtOnce(PriceExpires, CompletePoll);

    public static Step NodeDown { get; } = new("node down", world => world.IsChainKnown = false);

    public static Step NodeUp { get; } = new("node up", world => world.IsChainKnown = true);

    public static Step Cancelled { get; } = new("cancelled", world =>
        world.Command(new InvoiceCommand.Cancel("merchant", world.Now)));

    /// <summary>All this in one view.</summary>
    public static Step AtOnce(params Step[] steps) => new(
        string.Join(" + ", steps.Select(step => step.Text)),
        world =>
        {
            foreach (Step step in steps)
                step.Change(world);
        });

    public static InvoiceTerms Terms(long amount) => new()
    {
        Id = Id,
        MerchantId = Merchant,
        Quote = new(new(new Amount(Usdt, amount).ToString(), "USDT"), null, new(Usdt, amount)),
        Network = "anvil",
        Address = "0x0000000000000000000000000000000000000001",
        PaymentUri = "ethereum:…",
        Derivation = new ForwarderDerivation("factory", "salt", "init", "settlement"),
        Confirmation = new(RequiredDepth.OfBlocks(3), "test", "test"),
        Tolerance = new(0, 0),
        Under = AmountPolicy.Hold,
        DepthElsewhere = new Dictionary<string, RequiredDepth> { ["anvil2"] = RequiredDepth.OfBlocks(3) },
        SettlementDestination = "settlement",
        FulfilmentKey = "ful_1",
        CreatedAt = InvoiceWorld.Opened,
        ExpiresAt = InvoiceWorld.Opened + Window,
        MonitorUntil = InvoiceWorld.Opened + TimeSpan.FromDays(90),
    };

    private static Step Lost(string hash, TransferStatus how) =>
        new($"{hash} {how}", world => world.Change(hash, transfer => transfer with { Block = null, Lost = how }));

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
