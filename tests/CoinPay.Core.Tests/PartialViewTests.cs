using CoinPay.Core;
using Xunit;
using static CoinPay.Tests.Core.InvoiceExpectations;
using static CoinPay.Tests.Core.InvoiceSpec;
using static CoinPay.Tests.Core.InvoiceSteps;

namespace CoinPay.Tests.Core;

/// <summary>A view with more changes than one commit holds: nothing follows from a part of it.</summary>
public sealed class PartialViewTests
{
    /// <summary>Deep transfers <c>t0</c>, <c>t1</c> and so on, in one view.</summary>
    private static Step DeepMany(int count, long each) =>
        AtOnce([.. Enumerable.Range(0, count).Select(i => Mined("t" + i, each)), Blocks(2)]);

    private static Step DropMany(int count) => AtOnce(Enumerable.Range(0, count).Select(i => Dropped("t" + i)).ToArray());

    [Fact]
    public void What_arrives_and_what_is_lost_in_one_view_is_announced_by_its_sum() =>
        Given(Due(1_000), DeepMany(20, each: 50)).Then(Is(InvoiceStatus.Paid))
            .When(AtOnce(DropMany(20), AtOnce(Enumerable.Range(0, 20).Select(i => Mined("u" + i, 51)).ToArray()), Blocks(2)))
            .Then(Takes(commits: 5), Is(InvoiceStatus.Overpaid), Tells("overpaid"));

    [Fact]
    public void More_changes_than_a_commit_holds_announce_nothing_that_is_taken_back() =>
        Given(Due(1_000), Deep("a", 1_000)).Then(Is(InvoiceStatus.Paid))
            .When(AtOnce(DeepMany(16, each: 10), Dropped("a")))
            .Then(Is(InvoiceStatus.Detected), Tells("payment_reverted"), MayBeFulfilled(false));

    [Fact]
    public void Money_lost_in_the_first_of_several_commits_takes_the_status_back() =>
        Given(Due(1_000), DeepMany(10, each: 100)).Then(Is(InvoiceStatus.Paid)).When(DropMany(10))
            .Then(Takes(commits: 2), StepsBackTo(InvoiceStatus.Created), Tells("payment_reverted"), Books());

    [Fact]
    public void A_process_that_dies_between_the_commits_of_a_view_leaves_the_step_back_to_the_next() =>
        Given(Due(1_000), DeepMany(10, each: 100)).When(OneCommitOf(DropMany(10)))
            .Then(Is(InvoiceStatus.Paid), MayBeFulfilled(false), Tells())
            .When(Blocks(1)).Then(StepsBackTo(InvoiceStatus.Created), Tells("payment_reverted"), Books());

    [Fact]
    public void While_a_view_is_half_applied_nothing_is_fulfilled_or_decided() =>
        Given(Due(1_000), Deep("b", 5, Ether), DeepMany(10, each: 100), OneCommitOf(DropMany(10)))
            .When(OneCommitOf(Fulfilled)).Then(Refused(RejectionReason.ViewIncomplete));

    [Fact]
    public void An_exception_is_not_decided_on_half_a_view() =>
        Given(Due(1_000), Deep("b", 5, Ether), OneCommitOf(DeepMany(30, each: 100)))
            .When(Resolves(ExceptionType.WrongAsset, ExceptionAction.Ignore))
            .Then(Refused(RejectionReason.ViewIncomplete), Open(ExceptionType.WrongAsset));

    [Fact]
    public void A_decision_about_more_transfers_than_a_commit_holds_is_made_once_and_booked_in_several() =>
        Given(Due(1_000), AtOnce(Enumerable.Range(0, 40).Select(i => MinedAmbiguous("t" + i, 25)).ToArray()))
            .Then(Open(ExceptionType.Ambiguous), IsAbout(1_000))
            .When(Resolves(ExceptionType.Ambiguous, ExceptionAction.AcceptAsPaid))
            .Then(Takes(commits: 5), Is(InvoiceStatus.Paid), Open(), Books(available: 1_000), Refundable(0, Usdt),
                Tells("exception_resolved", "payment_detected", "confirming", "paid"));

    [Fact]
    public void A_decision_about_many_transfers_is_finished_after_a_crash_and_covers_none_that_came_later() =>
        Given(Due(1_000), AtOnce(Enumerable.Range(0, 40).Select(i => MinedAmbiguous("t" + i, 25)).ToArray()))
            .When(OneCommitOf(AtOnce(Resolves(ExceptionType.Ambiguous, ExceptionAction.AcceptAsPaid), MinedAmbiguous("later", 7))))
            .When(Blocks(1)).Then(Is(InvoiceStatus.Paid), Open(ExceptionType.Ambiguous), IsAbout(7), Books(available: 1_000));

    [Fact]
    public void Many_stalled_payments_are_accepted_at_once() =>
        Given(Due(1_000), SawMany(40, each: 25), Minutes(1_441), CompletePoll).Then(Open(ExceptionType.Stalled))
            .When(Resolves(ExceptionType.Stalled, ExceptionAction.AcceptAsPaid))
            .Then(Is(InvoiceStatus.Paid), Open(), Books(available: 1_000));
}
