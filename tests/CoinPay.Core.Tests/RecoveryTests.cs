using CoinPay.Core;
using Xunit;
using static CoinPay.Tests.Core.InvoiceExpectations;
using static CoinPay.Tests.Core.InvoiceSpec;
using static CoinPay.Tests.Core.InvoiceSteps;

namespace CoinPay.Tests.Core;

/// <summary>Money that came to the address on another network, on its way to the merchant. It came in block 50 there.</summary>
public sealed class RecoveryTests
{
    private const string Settlement = "SETTLEMENT";

    private static readonly Step Elsewhere = MinedOn("anvil2", "a", 900, blocks: 3);

    [Fact]
    public void It_is_taken_as_the_price_once_the_settlement_address_is_named_and_then_moved() =>
        Given(Due(1_000), Elsewhere).When(TakesFromElsewhere(Settlement))
            .Then(Is(InvoiceStatus.Paid), Books(), Elsewheres(available: 900), Moving(true))
            .When(EmptyElsewhere(50)).Then(
                Happens(nameof(MoneyRecovered)), Is(InvoiceStatus.Paid), Elsewheres(settled: 900), Moving(false));

    [Theory]
    [InlineData(null)]
    [InlineData("another")]
    public void Without_the_settlement_address_nothing_is_taken(string? named) =>
        Given(Due(1_000), Elsewhere).When(TakesFromElsewhere(named)).Then(
            Refused(RejectionReason.SettlementAddressNotConfirmed), NothingHappens, Open(ExceptionType.WrongNetwork), Elsewheres(refundable: 900));

    [Fact]
    public void It_cannot_be_taken_before_it_is_confirmed_there() =>
        Given(Due(1_000), MinedOn("anvil2", "a", 900, blocks: 1)).When(TakesFromElsewhere(Settlement))
            .Then(Refused(RejectionReason.NotAcceptable), NothingHappens);

    [Fact]
    public void What_is_written_off_or_left_alone_is_not_moved() =>
        Given(Due(1_000), Elsewhere).When(Resolves(ExceptionType.WrongNetwork, ExceptionAction.Ignore))
            .Then(Happens(nameof(ExceptionResolved)), Elsewheres(refundable: 900), Moving(false));

    [Fact]
    public void It_is_booked_once_however_often_the_address_is_found_empty() =>
        Given(Due(1_000), Elsewhere, TakesFromElsewhere(Settlement), EmptyElsewhere(50)).When(EmptyElsewhere(60))
            .Then(NothingHappens, Elsewheres(settled: 900));

    [Fact]
    public void An_address_that_was_empty_before_the_money_came_says_nothing() =>
        Given(Due(1_000), Elsewhere, TakesFromElsewhere(Settlement)).When(EmptyElsewhere(49))
            .Then(NothingHappens, Moving(true));

    [Fact]
    public void While_a_reorg_there_has_taken_it_nothing_is_booked_and_when_it_is_back_it_is() =>
        Given(Due(1_000), Elsewhere, TakesFromElsewhere(Settlement), LostOn("a")).When(EmptyElsewhere(50))
            .Then(NothingHappens, Moving(true), Elsewheres())
            .When(Elsewhere, EmptyElsewhere(50)).Then(Is(InvoiceStatus.Paid), Elsewheres(settled: 900));

    [Fact]
    public void A_reorg_after_it_was_moved_takes_it_off_the_merchants_settled_account() =>
        Given(Due(1_000), Elsewhere, TakesFromElsewhere(Settlement), EmptyElsewhere(50)).When(LostOn("a"))
            .Then(StepsBackTo(InvoiceStatus.Created), Elsewheres());

    [Fact]
    public void More_that_comes_there_is_another_exception_and_moved_for_itself() =>
        Given(Due(1_000), Elsewhere, TakesFromElsewhere(Settlement), EmptyElsewhere(50))
            .When(MinedOn("anvil2", "b", 30, blocks: 5)).Then(Open(ExceptionType.WrongNetwork), Elsewheres(refundable: 30, settled: 900))
            .When(TakesFromElsewhere(Settlement), EmptyElsewhere(50)).Then(Open(), Elsewheres(settled: 930), LastMoved(30));

    [Fact]
    public void A_recovery_of_more_is_not_over_before_the_address_was_empty_after_that_had_come()
    {
        Step more = MinedOn("anvil2", "b", 30, blocks: 5, height: 60);
        Given(Due(1_000), Elsewhere, TakesFromElsewhere(Settlement), EmptyElsewhere(50), more, TakesFromElsewhere(Settlement))
            .When(EmptyElsewhere(59)).Then(NothingHappens, Moving(true))
            .When(EmptyElsewhere(60)).Then(LastMoved(30), Elsewheres(settled: 930), Moving(false));
    }

    [Fact]
    public void What_is_not_yet_deep_is_booked_together_with_the_rest_when_it_is()
    {
        Step Shallow(int blocks) => MinedOn("anvil2", "b", 30, blocks, height: 60);
        Given(Due(1_000), Elsewhere, Shallow(1), TakesFromElsewhere(Settlement))
            .When(EmptyElsewhere(61)).Then(NothingHappens, Moving(true), Open())
            .When(Shallow(3), EmptyElsewhere(61)).Then(LastMoved(930), Elsewheres(settled: 930), Open());
    }

    [Fact]
    public void Two_that_one_transaction_moved_are_booked_together_and_the_second_ends_with_nothing_more() =>
        Given(Due(1_000), Elsewhere, TakesFromElsewhere(Settlement), MinedOn("anvil2", "b", 30, blocks: 5), TakesFromElsewhere(Settlement))
            .When(EmptyElsewhere(50)).Then(Elsewheres(settled: 930), LastMoved(930))
            .When(EmptyFirst(50)).Then(Happens(nameof(MoneyRecovered)), Elsewheres(settled: 930), Moving(false));

    [Fact]
    public void What_hinders_it_is_told_once_for_each_reason_and_forgotten_when_it_is_over() =>
        Given(Due(1_000), Elsewhere, TakesFromElsewhere(Settlement)).When(CannotBeMoved("no gas"))
            .Then(Happens(nameof(RecoveryFailed)), Hindered("no gas"))
            .When(CannotBeMoved("no gas")).Then(NothingHappens)
            .When(CannotBeMoved("refused")).Then(Hindered("refused"))
            .When(EmptyElsewhere(50)).Then(Hindered(null))
            .When(CannotBeMoved("no gas")).Then(NothingHappens);

    [Fact]
    public void An_exception_whose_money_is_under_way_is_kept_however_many_follow()
    {
        Invoice state = Invoice.Evolve(null, new InvoiceCreated(Terms(1), InvoiceWorld.Opened));
        for (int i = 0; i < 40; i++)
        {
            state = Invoice.Evolve(state, new ExceptionOpened(ExceptionType.WrongNetwork, "asset", 1, InvoiceWorld.Opened));
            int number = state.Version;
            if (i == 0)
                state = Invoice.Evolve(state, new RecoveryRequested(number, "anvil2", "settlement", "key_1", InvoiceWorld.Opened));
            state = Invoice.Evolve(state, new ExceptionResolved(number, 1, ExceptionAction.Ignore, null, "key_1", InvoiceWorld.Opened));
        }
        Assert.Equal((2, 30), (state.Exceptions[0].Number, state.Exceptions.Count));
    }

    private static Step EmptyFirst(long atHeight) => new("the first, too", world => world.Command(new InvoiceCommand.BookRecovery(
        world.State!.Exceptions.First(known => known.Recovery is not null).Number, atHeight, "flush", world.Now)));

    private static Expectation Elsewheres(long refundable = 0, long available = 0, long settled = 0) => world => Assert.Equal(
        (refundable, available, settled),
        ((long)world.Balance(Account.Refundable(Merchant), OtherUsdt),
            (long)world.Balance(Account.Available(Merchant), OtherUsdt),
            (long)world.Balance(Account.Settled(Merchant), OtherUsdt)));

    private static Expectation Moving(bool isPending) =>
        world => Assert.Equal(isPending, world.State!.Exceptions.Any(known => known.Recovery is { IsPending: true }));

    private static Expectation LastMoved(long amount) =>
        world => Assert.Equal(amount, (long)world.Observed.OfType<MoneyRecovered>().Last().Amount);

    private static Expectation Hindered(string? reason) =>
        world => Assert.Equal(reason, world.State!.Exceptions.Single(known => known.Recovery is not null).Recovery!.Failure);
}
