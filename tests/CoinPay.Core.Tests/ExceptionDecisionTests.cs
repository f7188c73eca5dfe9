using CoinPay.Core;
using Xunit;
using static CoinPay.Tests.Core.InvoiceExpectations;
using static CoinPay.Tests.Core.InvoiceSpec;
using static CoinPay.Tests.Core.InvoiceSteps;

namespace CoinPay.Tests.Core;

/// <summary>What a person's decision about an exception covers, and what it says when there is none to make.</summary>
public sealed class ExceptionDecisionTests
{
    /// <summary>Minutes from the end of the payment window to the end of the watch: 90 days from the creation.</summary>
    private const int EndOfWatch = (90 * 24 * 60) - 15;

    [Fact]
    public void A_decision_and_what_follows_from_it_are_one_commit() =>
        Given(Due(1_000), Deep("a", 400), WindowCloses).When(Resolves(ExceptionType.Underpaid, ExceptionAction.AcceptAsPaid))
            .Then(Takes(commits: 1), Happens("ExceptionResolved", "PaymentAccepted", "InvoicePaid"));

    [Fact]
    public void A_decision_is_about_all_that_came_until_then() =>
        Given(Due(1_000), WindowCloses, Deep("a", 400), Deep("b", 100)).Then(IsAbout(400))
            .When(Resolves(ExceptionType.Late, ExceptionAction.Ignore)).Then(Happens("ExceptionResolved"), Open());

    [Fact]
    public void Money_of_one_asset_is_attributed_without_that_of_another() =>
        Given(Due(1_000), MinedAmbiguous("b", 5, Ether), MinedAmbiguous("a", 1_000))
            .When(Resolves(ExceptionType.Ambiguous, ExceptionAction.AcceptAsPaid))
            .Then(Is(InvoiceStatus.Paid), Open(ExceptionType.Ambiguous), IsAbout(5), Refundable(5, Ether));

    [Fact]
    public void An_exception_that_ends_by_itself_was_ended_by_the_gateway() =>
        Given(Due(1_000), WindowCloses, Deep("a", 1_000)).When(SeesNothing)
            .Then(world => Assert.Equal("gateway", Assert.Single(world.Observed.OfType<ExceptionResolved>()).By));

    [Fact]
    public void A_decision_about_an_exception_whose_cause_is_gone_is_told_so() =>
        Given(Due(1_000), WindowCloses, Deep("a", 1_000), SeesNothing).When(Resolves(ExceptionType.Late, ExceptionAction.Ignore))
            .Then(Refused(RejectionReason.ExceptionResolved, "It is already resolved: its cause no longer exists."));

    [Fact]
    public void A_decision_after_another_one_is_told_so() =>
        Given(Due(1_000), WindowCloses, Deep("a", 400), Resolves(ExceptionType.Late, ExceptionAction.Ignore))
            .When(Resolves(ExceptionType.Late, ExceptionAction.WriteOff))
            .Then(Refused(RejectionReason.ExceptionResolved, "It is already resolved."));

    [Fact]
    public void The_rest_can_be_asked_for_while_the_address_is_watched() =>
        Given(Due(1_000), Deep("a", 400), WindowCloses, Minutes(EndOfWatch - 20))
            .When(Resolves(ExceptionType.Underpaid, ExceptionAction.TopUpRequested))
            .Then(Happens("ExceptionResolved", "TopUpRequested"), Is(InvoiceStatus.Detected));

    /// <summary>Seed 6562 of the simulation: the customer paid the rest, and nobody was watching.</summary>
    [Theory]
    [InlineData(EndOfWatch - 14)]
    [InlineData(EndOfWatch + 1)]
    public void The_rest_is_not_asked_for_when_nobody_would_see_it(int minutes) =>
        Given(Due(1_000), Deep("a", 400), WindowCloses, Minutes(minutes))
            .When(Resolves(ExceptionType.Underpaid, ExceptionAction.TopUpRequested))
            .Then(Refused(RejectionReason.NoLongerWatched), NothingHappens, Open(ExceptionType.Underpaid));

    [Fact]
    public void The_first_of_several_payments_stalls_first() =>
        Given(Due(1_000), Saw("a", 400), Minutes(5), Saw("b", 600)).When(WindowCloses)
            .Then(NextDeadlineIs(InvoiceWorld.Opened + TimeSpan.FromHours(24)));

    [Fact]
    public void A_payment_stalls_after_the_limit_not_at_it() =>
        Given(Due(1_000), Mined("a", 1_000)).When(Minutes(1_440), CompletePoll).Then(Open());

    [Fact]
    public void What_has_stalled_stays_so_while_the_chain_is_unknown() =>
        Given(Due(1_000), Mined("a", 1_000), Minutes(1_441), CompletePoll).When(NodeDown)
            .Then(NothingHappens, Open(ExceptionType.Stalled));

    [Fact]
    public void A_reorg_after_fulfilment_is_about_the_part_that_is_gone() =>
        Given(Due(1_000), Deep("a", 400), Deep("b", 600), Fulfilled).When(Dropped("b"))
            .Then(Open(ExceptionType.Reorged), IsAbout(600));

    [Fact]
    public void An_exception_is_named_by_the_version_at_which_it_opened() =>
        Given(Due(1_000), WindowCloses).When(Deep("a", 400))
            .Then(world => Assert.Equal(world.State!.Version, Assert.Single(world.State.Exceptions).Number));

    [Fact]
    public void An_exception_that_stays_open_outlasts_all_that_were_resolved()
    {
        List<Step> past = [Due(1_000), Deep("other", 77, Ether), WindowCloses];
        for (int i = 0; i < 40; i++)
            past.AddRange([Deep("t" + i, 1), Resolves(ExceptionType.Late, ExceptionAction.Ignore)]);
        Given([.. past]).Then(Open(ExceptionType.WrongAsset));
    }

    [Fact]
    public void A_decision_about_one_exception_leaves_another_open() =>
        Given(Due(1_000), Deep("b", 77, Ether), WindowCloses, Deep("a", 400))
            .When(Resolves(ExceptionType.Late, ExceptionAction.Ignore)).Then(Open(ExceptionType.WrongAsset));

    [Fact]
    public void The_rest_is_on_time_from_the_request_to_its_deadline_and_not_after() =>
        Given(Due(1_000), Deep("a", 400), WindowCloses, Resolves(ExceptionType.Underpaid, ExceptionAction.TopUpRequested))
            .When(Saw("b", 100), Minutes(1_440), Saw("c", 100), Minutes(1), Saw("d", 100))
            .Then(world => Assert.Equal(
                ["a.0", "b.0", "c.0"], world.State!.Transfers.Values.Where(transfer => transfer.OnTime).Select(transfer => transfer.Key)));

    [Fact]
    public void What_came_between_expiry_and_the_request_for_the_rest_stays_late() =>
        Given(Due(1_000), Deep("a", 400), WindowCloses, Saw("b", 600), Minutes(5),
                Resolves(ExceptionType.Underpaid, ExceptionAction.TopUpRequested))
            .When(Mined("b", stampedBefore: TimeSpan.FromMinutes(1)))
            .Then(world => Assert.False(world.State!.Transfers["b.0"].OnTime));

    [Fact]
    public void Who_spent_the_inputs_is_told_when_it_becomes_known() =>
        Given(Due(1_000), Saw("a", 1_000), Replaced("a")).When(SpentElsewhere("a"))
            .Then(Happens("TransferLost", "ExceptionOpened"), Open(ExceptionType.Replaced));

    [Fact]
    public void Two_exceptions_about_one_asset_are_two() =>
        Given(Due(1_000), WindowCloses, Deep("a", 400)).When(MinedAmbiguous("b", 5))
            .Then(Open(ExceptionType.Late, ExceptionType.Ambiguous));

    [Fact]
    public void While_too_little_is_confirmed_the_end_of_the_window_is_the_deadline() =>
        Given(Due(1_000)).When(Deep("a", 400)).Then(NextDeadlineIs(InvoiceWorld.Opened + Window));

    [Fact]
    public void The_end_of_the_window_is_no_deadline_while_what_came_waits_for_depth() =>
        Given(Due(1_000)).When(Mined("a", 400)).Then(NextDeadlineIs(InvoiceWorld.Opened + TimeSpan.FromHours(24)));

    [Fact]
    public void Once_enough_is_in_blocks_the_end_of_the_window_is_no_deadline() =>
        Given(Due(1_000)).When(Mined("a", 1_000)).Then(NextDeadlineIs(InvoiceWorld.Opened + TimeSpan.FromHours(24)));

    [Fact]
    public void A_paid_invoice_waits_for_no_instant() =>
        Given(Due(1_000)).When(Deep("a", 1_000)).Then(Is(InvoiceStatus.Paid), NextDeadlineIs(null));

    [Fact]
    public void A_payment_that_stalls_before_the_rest_is_due_is_the_deadline() =>
        Given(Due(1_000), Deep("a", 400), WindowCloses, Saw("b", 100), Minutes(5))
            .When(Resolves(ExceptionType.Underpaid, ExceptionAction.TopUpRequested))
            .Then(NextDeadlineIs(InvoiceWorld.Opened + Window + TimeSpan.FromSeconds(1) + TimeSpan.FromHours(24)));
}
