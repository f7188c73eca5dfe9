using System.Numerics;
using CoinPay.Core;

namespace CoinPay.Tests.Core;

/// <summary>
/// One invoice, the chain it looks at, a clock, and its books kept line by line as the store keeps them. Every commit is
/// checked for what must hold always, so that each test and each random life tests that too.
/// </summary>
internal sealed class InvoiceWorld
{
    public static readonly DateTimeOffset Opened = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    private readonly SortedDictionary<string, ViewedTransfer> _shown = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Account, string Asset), BigInteger> _books = [];
    private readonly List<InvoiceEvent> _history = [];
    private int _observedFrom;
    private int _forks;

    public Invoice? State { get; private set; }

    /// <summary>The state when the observation began.</summary>
    public Invoice? Before { get; private set; }

    public Rejection? Refusal { get; private set; }

    /// <summary>Commits since the observation began.</summary>
    public int Commits { get; private set; }

    public DateTimeOffset Now { get; set; } = Opened;

    public DateTimeOffset CompletePollBeganAt { get; set; } = Opened;

    public long Height { get; set; } = 1_000;

    public long? Safe { get; set; }

    public long? Finalized { get; set; }

    /// <summary>False while the node cannot be asked.</summary>
    public bool IsChainKnown { get; set; } = true;

    public IEnumerable<InvoiceEvent> Observed => _history.Skip(_observedFrom);

    public IEnumerable<string> Shown => _shown.Keys;

    public BigInteger Balance(string account, Asset? asset = null) =>
        _books.GetValueOrDefault((account, (asset ?? InvoiceSteps.Usdt).Id));

    /// <summary>The exchange rate of now, as a source would tell it; null while nobody knows.</summary>
    public string? RateNow { get; set; }

    /// <summary>What is known of another network.</summary>
    public Dictionary<string, ChainKnowledge> Others { get; } = [];

    public bool IsFinalityStalled { get; set; }

    public void BeginObservation() => (_observedFrom, Before, Refusal, Commits) = (_history.Count, State, null, 0);

    public void Take(Step step)
    {
        step.Change(this);
        if (State is not null && !IsDead)
            AdvanceUntilSettled();
        _wasDead |= IsDead;
        IsDead = false;
    }

    /// <summary>The process died: nothing more is decided in this step.</summary>
    public bool IsDead { get; set; }

    public void AdvanceOnce() => Commit(Decide(View()).Events);

    public void Command(InvoiceCommand command)
    {
        Decision decision = InvoiceDecider.Decide(State, command);
        Refusal = decision.Rejection;
        if (decision.Rejection is { } rejection)
        {
            Assert.Empty(decision.Events);
            Assert.Matches("^[A-Z].{10,}[.]$", rejection.Detail);
        }
        Commit(decision.Events);
    }

    public void Show(ViewedTransfer transfer) => _shown[transfer.Key] = transfer;

    public void Change(string hash, Func<ViewedTransfer, ViewedTransfer> change)
    {
        ViewedTransfer shown = _shown[hash + ".0"];
        _shown[shown.Key] = change(shown);
    }

    public ViewedTransfer? Find(string hash) => _shown.GetValueOrDefault(hash + ".0");

    /// <summary>A block at this height that no transfer stood in before.</summary>
    public BlockReference NewBlock(long height) => new(height, $"block-{height}-{_forks++}", Now);

    private View View() => new(
        [.. _shown.Values],
        IsChainKnown ? new ChainKnowledge(Height, Safe, Finalized, CompletePollBeganAt, IsFinalityStalled) : null)
    { Others = Others };

    /// <summary>As the app asks: without a rate first, with it where the decision turns on it.</summary>
    private Decision Decide(View view)
    {
        Decision decision = InvoiceDecider.Decide(State, new InvoiceCommand.Advance(view, Now));
        return decision.WantsRate && RateNow is { } rate
            ? InvoiceDecider.Decide(State, new InvoiceCommand.Advance(view, Now, new(rate, "EUR/USDT", "test", Now)))
            : decision;
    }

    private const int CommitsWithoutTransfer = 4;
    private bool _wasDead;

    private void AdvanceUntilSettled()
    {
        View view = View();
        int leastLeft = view.Transfers.Count;
        int commitsLeft = view.Transfers.Count + CommitsWithoutTransfer;
        int from = _history.Count;
        while (Decide(view).Events is { Count: > 0 } events)
        {
            Assert.True(commitsLeft-- > 0, "deciding the same again never ends");
            List<string> taken = events.Select(TransferKey).OfType<string>().Distinct().ToList();
            Assert.InRange(taken.Count, 0, InvoiceDecider.MaxTransfersPerCommit);
            Commit(events);
            // A step back has a cause that the chain gave.
            if (events.Any(happened => happened is PaymentReverted) && !_wasDead)
                Assert.Contains(_history.Skip(from), happened => happened is TransferLost or TransferMoved);
            // No transfer is taken twice: deciding again ends, and the state it ends in asks for nothing.
            Assert.True((leastLeft -= taken.Count) >= 0, "one view was taken up more than once");
        }
        Assert.Null(State!.LastComplete);
        Assert.Null(State.Owed);
        _wasDead = false;
        Assert.All(
            State.Exceptions.Where(known => known.IsOpen).GroupBy(known => (known.Type, known.AssetId)),
            same => Assert.Single(same));
        foreach (ViewedTransfer viewed in view.Transfers)
            StandsAsShown(viewed, State!.Transfers.GetValueOrDefault(viewed.Key));
    }

    /// <summary>
    /// Levels, not edges: whatever happened on the way, a booked transfer stands as the chain shows it.
    /// </summary>
    private static void StandsAsShown(ViewedTransfer viewed, Transfer? booked)
    {
        if (viewed.Lost is { } how)
        {
            Assert.True(booked is null || booked.Status == how, $"{viewed.Key} is {how}, booked as {booked?.Status}");
            return;
        }
        Assert.NotNull(booked);
        Assert.True(booked.Stands, $"{viewed.Key} stands, booked as {booked.Status}");
        Assert.Equal(viewed.Block, booked.Block);
        Assert.Equal(viewed.Amount, booked.Amount);
    }

    /// <summary>The whole life again from nothing but its events is the same state.</summary>
    public void ReplayAgrees()
    {
        Invoice replayed = _history.Aggregate((Invoice?)null, Invoice.Evolve)!;
        Assert.Equal(State!.Transfers, replayed.Transfers);
        Assert.Equal(State.Exceptions, replayed.Exceptions);
        Assert.Equal(State.Recovered, replayed.Recovered);
        Assert.Equal(State.Acceptances, replayed.Acceptances);
        Assert.Equal(State.Kept, replayed.Kept);
        Assert.Equal(
            State with
            {
                Transfers = replayed.Transfers,
                Exceptions = replayed.Exceptions,
                Recovered = replayed.Recovered,
                Acceptances = replayed.Acceptances,
                Kept = replayed.Kept,
            },
            replayed);
    }

    private void Commit(IReadOnlyList<InvoiceEvent> events)
    {
        Commits += events.Count > 0 ? 1 : 0;
        int rows = SnapshotAndSearch;
        Invoice? first = State;
        foreach (InvoiceEvent happened in events)
        {
            Invoice? before = State;
            State = Invoice.Evolve(before, happened);
            _history.Add(happened);
            Assert.Equal((before?.Version ?? 0) + 1, State.Version);
            IReadOnlyList<Posting> postings = InvoiceLedger.Post(before, State);
            Post(postings);
            rows += 1 + postings.Count + (happened.WebhookType() is null ? 0 : 1);
            Assert.False(
                State.LastComplete is not null && IsConsequence(happened), $"{happened.Name()} follows from half a view");
        }
        rows += State?.Transfers.Values.Count(transfer => first?.Transfers.GetValueOrDefault(transfer.Key) != transfer) ?? 0;
        Assert.True(rows <= MaxRows, $"a commit of {rows} rows: {string.Join(", ", events.Select(happened => happened.Name()))}");
        if (State is not null)
            BooksAgree(State);
    }

    /// <summary>What merchants hear of, except that a person decided.</summary>
    private static bool IsConsequence(InvoiceEvent happened) =>
        happened.WebhookType() is not null and not "invoice.exception_resolved";

    /// <summary>What one batch of the store holds.</summary>
    private const int MaxRows = 100;

    private const int SnapshotAndSearch = 2;

    private void Post(IReadOnlyList<Posting> postings)
    {
        foreach (Posting posting in postings)
        {
            Assert.True(posting.Amount > 0, "a line moves nothing, or backwards: " + posting);
            Assert.NotEqual(posting.Source, posting.Destination);
            Add(posting.Source, posting.AssetId, -posting.Amount);
            Add(posting.Destination, posting.AssetId, posting.Amount);
        }
    }

    private void Add(string account, string asset, BigInteger amount) =>
        _books[(account, asset)] = _books.GetValueOrDefault((account, asset)) + amount;

    /// <summary>Per asset: the world gave what is confirmed, nothing else is negative, and each account has its allocation.</summary>
    private void BooksAgree(Invoice state)
    {
        foreach (IGrouping<string, KeyValuePair<(string Account, string Asset), BigInteger>> asset in _books.GroupBy(book => book.Key.Asset))
        {
            BigInteger confirmed = Invoice.Sum(state.Transfers.Values.Where(
                transfer => transfer.Status == TransferStatus.Confirmed && transfer.AssetId == asset.Key));
            Assert.Equal(-confirmed, SumOf(asset.Where(book => IsWorld(book.Key.Account))));
            Assert.Equal(BigInteger.Zero, SumOf(asset));
        }
        Assert.All(_books.Where(book => !IsWorld(book.Key.Account)), book => Assert.True(book.Value >= 0, book.Key.Account));
        Dictionary<(string, string), BigInteger> allocation = InvoiceLedger.Allocation(state)
            .GroupBy(held => (held.Key.Account, held.Key.AssetId), held => held.Value)
            .ToDictionary(held => held.Key, held => held.Aggregate(BigInteger.Add));
        Assert.All(_books.Keys.Where(book => !IsWorld(book.Account)).Union(allocation.Keys),
            book => Assert.Equal(allocation.GetValueOrDefault(book), _books.GetValueOrDefault(book)));
    }

    private static bool IsWorld(string account) => account.StartsWith("world:", StringComparison.Ordinal);

    private static BigInteger SumOf(IEnumerable<KeyValuePair<(string, string), BigInteger>> books) =>
        books.Aggregate(BigInteger.Zero, (sum, book) => sum + book.Value);

    private static string? TransferKey(InvoiceEvent happened) => happened switch
    {
        TransferSeen seen => seen.Transfer.Key,
        TransferMoved moved => moved.Key,
        TransferConfirmed confirmed => confirmed.Key,
        TransferLost lost => lost.Key,
        _ => null,
    };
}
