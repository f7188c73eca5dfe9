using System.Numerics;
using CoinPay.Core;
using CsCheck;
using static CoinPay.Tests.Core.InvoiceSteps;

namespace CoinPay.Tests.Core;

/// <summary>
/// A random policy and a random sequence of what can happen, reorgs, replacements and dead nodes included.
/// </summary>
internal sealed record RandomLife(Step Opening, IReadOnlyList<Step> Steps)
{
    private const int MaxSteps = 24;

    /// <summary>
    /// Few transfers, so that the same one is seen, lost, moved and mined again; more than one commit takes.
    /// </summary>
    private const int Hashes = 18;

    private static readonly Gen<string> Hash = Gen.Int[0, Hashes - 1].Select(number => "t" + number);

    private static readonly Gen<long> Money = Gen.OneOf(Gen.Long[1, 60], Gen.Long[300, 1_100], Gen.Const(1_000L));

    private static readonly Gen<Step> AnOpening = Gen.Select(
        Gen.OneOf(0m, 0.5m, 10m, 100m),
        Gen.OneOf(0m, 0.5m, 10m),
        Gen.OneOf(Enum.GetValues<LatePolicy>()),
        Gen.Select(Gen.OneOf(AmountPolicy.Hold, AmountPolicy.Accept), Gen.OneOf(AmountPolicy.Hold, AmountPolicy.Accept)),
        Gen.OneOf("0", "1", "3", "safe", "finalized"),
        (under, over, late, amounts, depth) => Due(1_000, under, over, late, amounts.Item1, depth, amounts.Item2, floor: 40));

    private static readonly Gen<Step> AStep = Gen.Frequency(
        (6, Gen.Select(Hash, Money, (hash, amount) => Unless(hash, Saw(hash, amount)))),
        (6, Gen.Select(Hash, Money, (hash, amount) => Mined(hash, amount))),
        (2, Gen.Select(Hash, Money, (hash, amount) => Mined(hash, amount, stampedBefore: TimeSpan.FromMinutes(10)))),
        (1, Gen.Select(Hash, Money, (hash, amount) => Unless(hash, Saw(hash, amount, Ether)))),
        (4, Hash.Select(hash => If(hash, Dropped(hash)))),
        (3, Hash.Select(hash => If(hash, Replaced(hash)))),
        (3, Hash.Select(hash => If(hash, BackInMempool(hash)))),
        (3, Hash.Select(hash => If(hash, MovedToTheHead(hash)))),
        (6, Gen.Int[1, 6].Select(Blocks)),
        (3, Gen.Int[0, 20].Select(blocks => AtOnce(SafeIs(blocks), FinalizedIs(blocks - 2)))),
        (3, Gen.Int[1, 8].Select(Minutes)),
        (2, Gen.OneOf(WindowCloses, PriceExpires, CompletePoll)),
        (2, Gen.OneOf(NodeDown, NodeUp)),
        (1, Gen.Const(Cancelled)),
        (2, Hash.Select(hash => If(hash, SpentElsewhere(hash)))),
        (1, Gen.Select(Hash, Money, (hash, amount) => Unless(hash, MinedAmbiguous(hash, amount)))),
        (1, Gen.Select(Money, Gen.Int[1, 4], (amount, blocks) => MinedOn("anvil2", "foreign", amount, blocks))),
        (2, Gen.Const(Fulfilled)),
        (2, Gen.Select(
            Gen.OneOf(Enum.GetValues<ExceptionType>()),
            Gen.OneOf(ExceptionAction.Ignore, ExceptionAction.WriteOff),
            (type, action) => IfOpen(type, Resolves(type, action)))),
        (2, Gen.OneOf(Enum.GetValues<ExceptionType>()).Select(type => IfOpen(type, Accepts(type)))),
        (1, Gen.Const(Minutes(1_500))),
        (2, Gen.OneOf(Enum.GetValues<ExceptionType>()).Select(type => IfResolved(type, Reopens(type)))),
        (1, Gen.Select(Hash, Money, (hash, amount) => IfMined(hash, MovedWith(hash, amount)))),
        (1, Gen.Select(Gen.Int[10, 40], Money, (count, each) =>
            AtOnce(Enumerable.Range(0, count).Select(i => Unless("m" + i, Saw("m" + i, each))).ToArray()))),
        (1, Gen.Int[10, 40].Select(count =>
            AtOnce(Enumerable.Range(0, count).Select(i => Unless("d" + i, MinedAmbiguous("d" + i, 25))).ToArray()))),
        (1, Gen.OneOf(FinalityStalls, FinalityReturns)),
        (1, Gen.Const(SeesNothing)),
        (1, Gen.Const(AtOnce(Enumerable.Range(0, Hashes).Select(i => Unless("t" + i, Saw("t" + i, 60))).ToArray()))));

    public static Gen<RandomLife> Any { get; } = Gen.Select(
        AnOpening,
        Gen.OneOf(AStep, AStep, Gen.Select(AStep, AStep, (one, other) => AtOnce(one, other))).Array[0, MaxSteps],
        (opening, steps) => new RandomLife(opening, steps));

    public override string ToString() => string.Join('\n', Steps.Prepend(Opening));

    /// <summary>
    /// Everything that stands is mined as deep as can be, and a complete poll ends after the price expired.
    /// </summary>
    public static Step EverythingSettles { get; } = new(
        "everything settles",
        world =>
        {
            WindowCloses.Change(world);
            NodeUp.Change(world);
            FinalityReturns.Change(world);
            foreach (string hash in world.Shown.Select(key => key[..^2]).ToList())
                if (world.Find(hash) is { Lost: null, WrongNetwork: null })
                    Mined(hash).Change(world);
            world.Height += 100;
            (world.Safe, world.Finalized) = (world.Height, world.Height);
        });

    /// <summary>
    /// What an invoice must be when nothing moves any more: the merchant's policy in as few words as it has.
    /// </summary>
    public static InvoiceStatus Verdict(Invoice state)
    {
        InvoiceTerms terms = state.Terms;
        BigInteger onTime = Invoice.Sum(state.Counted.Where(transfer => transfer.OnTime));
        BigInteger late = Invoice.Sum(state.Counted.Where(transfer => !transfer.OnTime));
        if (state.IsCancelled && !state.Acceptances.Exists(acceptance => acceptance.IsMetBy(state)))
            return late > 0 ? InvoiceStatus.LatePaid : InvoiceStatus.Cancelled;
        bool isEnough = state.Acceptances.Exists(acceptance => acceptance.IsMetBy(state))
            || onTime >= terms.Tolerance.Min(terms.Due.Base)
            || (terms.Under == AmountPolicy.Accept && onTime >= Tolerance.Floor(terms.Due.Base, terms.UnderFloorPercent))
            || (terms.Late != LatePolicy.Hold && late > 0 && onTime + late >= terms.Tolerance.Min(terms.Due.Base));
        if (isEnough)
            return onTime + late > terms.Tolerance.Max(terms.Due.Base) ? InvoiceStatus.Overpaid : InvoiceStatus.Paid;
        if (late > 0)
            return InvoiceStatus.LatePaid;
        return onTime > 0 ? InvoiceStatus.Underpaid : InvoiceStatus.Expired;
    }

    private static Step If(string hash, Step step) => Guarded(step, world => world.Find(hash) is not null);

    private static Step IfOpen(ExceptionType type, Step step) =>
        Guarded(step, world => world.State!.Exceptions.Exists(known => known.IsOpen && known.Type == type));

    private static Step Accepts(ExceptionType type) => type == ExceptionType.WrongNetwork
        ? TakesFromElsewhere("settlement")
        : Resolves(type, ExceptionAction.AcceptAsPaid);

    private static Step IfResolved(ExceptionType type, Step step) =>
        Guarded(step, world => world.State!.Exceptions.Exists(known => !known.IsOpen && known.Type == type));

    private static Step IfMined(string hash, Step step) => Guarded(step, world => world.Find(hash)?.Block is not null);

    private static Step Unless(string hash, Step step) => Guarded(step, world => world.Find(hash) is null);

    private static Step Guarded(Step step, Func<InvoiceWorld, bool> applies) => new(
        step.Text,
        world =>
        {
            if (applies(world))
                step.Change(world);
        });
}
