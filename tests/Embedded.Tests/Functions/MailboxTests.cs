using CoinPay.Embedded.Durable;
using CoinPay.Embedded.Durable.Storage;
using Xunit;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Who may work on an instance, and what is meant for it: races that a whole engine shows once in thousands of runs.</summary>
public sealed class MailboxTests
{
    private static readonly DateTimeOffset Now = new(2031, 5, 6, 7, 8, 9, TimeSpan.Zero);

    [Fact]
    public void Nobody_begins_work_on_an_instance_that_was_to_be_put_away_before_it_is_said_to_stay()
    {
        Mailbox mail = new();
        Assert.True(mail.TryBeginPutAway());
        Assert.True(mail.TryPost(new(new(HistoryEventType.EventRaised), isOffered: true)));
        Assert.False(mail.TryLeave());
        Assert.False(Begins(mail));
        Assert.True(mail.Stay());
        Assert.True(Begins(mail));
        Assert.False(Begins(mail));
    }

    [Fact]
    public void An_instance_that_has_nothing_to_do_is_closed_by_being_put_away()
    {
        Mailbox mail = new();
        Assert.True(mail.TryBeginPutAway());
        Assert.True(mail.TryLeave());
        Assert.False(mail.TryPost(new(new(HistoryEventType.EventRaised), isOffered: true)));
        Assert.False(Begins(mail));
    }

    [Fact]
    public void A_successor_begins_when_the_one_before_it_is_closed_and_not_by_that_one_afterwards()
    {
        Mailbox mail = new();
        Newborn first = Created(), second = Created();
        Assert.True(mail.TrySucceed(first));
        Assert.Same(first, mail.Close(Instance.NotRunning(), out _));
        Assert.False(mail.TrySucceed(second));
    }

    [Fact]
    public void A_termination_of_an_earlier_execution_does_not_end_this_one()
    {
        Mailbox mail = new();
        mail.TryPost(new(new(HistoryEventType.ExecutionTerminated) { RowKey = "inbox!1", ExecutionId = "earlier" }));
        Assert.False(mail.HasTermination("this"));
        Assert.True(mail.HasTermination("earlier"));
    }

    [Theory]
    [InlineData("this", 1)]
    [InlineData("earlier", 0)]
    public void An_outcome_is_news_to_the_execution_that_asked_for_it_alone(string executionId, int expected)
    {
        OrchestrationState state = new("case", "Sequence", "this");
        HistoryEvent asked = new(HistoryEventType.TaskScheduled, Now) { TaskId = 0, Name = "Append" };
        TurnIntake intake = new(state, [], new Dictionary<int, HistoryEvent> { [0] = asked }, Now);
        intake.Add(new InboxItem(HistoryEventType.TaskCompleted) { ExecutionId = executionId, TaskId = 0, Payload = "\"x\"" });
        Assert.Equal(expected, intake.Fresh.Count);
    }

    [Fact]
    public void What_was_stored_for_an_earlier_execution_is_removed_and_does_nothing()
    {
        TurnIntake intake = new(new("case", "Sequence", "this"), [], null, Now);
        intake.Add(new InboxItem(HistoryEventType.ExecutionTerminated) { RowKey = "inbox!1", ExecutionId = "earlier" });
        intake.Add(new InboxItem(HistoryEventType.EventRaised) { RowKey = "inbox!2", ExecutionId = "earlier", Name = "Go" });
        Assert.Equal(["inbox!1", "inbox!2"], intake.Consumed);
        Assert.Null(intake.Termination);
        Assert.Empty(intake.Fresh);
    }

    private static bool Begins(Mailbox mail)
    {
        mail.TryCall(() => true, out bool begins);
        return begins;
    }

    private static Newborn Created() =>
        new(OrchestrationState.New("case", "Sequence", Now), [], null, new RunningRow("case", "execution", IsPutAway: false, DueAt: null));
}
