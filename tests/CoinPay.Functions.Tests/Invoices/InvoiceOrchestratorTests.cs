using CoinPay.Functions.Invoices;
using CoinPay.Functions.Tests.Hub;
using CoinPay.Testing.Hub;
using DurableTask.Core;
using DurableTask.Core.History;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Xunit;

namespace CoinPay.Functions.Tests.Invoices;

/// <summary>The orchestrator on the published executor, which ends an execution only when none of its timers is open.</summary>
public sealed class InvoiceOrchestratorTests
{
    private const string Id = "inv_1";
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly HubRig _rig;
    private Func<Outlook> _outlook;

    public InvoiceOrchestratorTests()
    {
        _rig = new(
            functions => functions.Add<InvoiceReference, string>(nameof(InvoiceOrchestrator), InvoiceOrchestrator.Run),
            (_, input) => HubFunctions.Converter.Serialize(
                _outlook!() with { AskedAt = HubFunctions.Converter.Deserialize<InvoiceReference>(input)!.AskedAt }));
        _outlook = () => Waiting(TimeSpan.FromDays(90));
    }

    private string ExecutionId => _rig.Hub.Find(Id)!.ExecutionId!;

    [Fact]
    public async Task A_life_of_many_wakes_continues_as_new_long_before_its_deadline()
    {
        await StartAsync();
        string first = ExecutionId;
        for (int wake = 0; wake < 100; wake++)
            await WakeAsync();
        Assert.NotEqual(first, ExecutionId);
        Assert.Equal(101, _rig.Activities.Count);
    }

    [Fact]
    public async Task A_finished_invoice_ends_its_orchestration_at_once_although_a_timer_is_open()
    {
        await StartAsync();
        _outlook = () => new("paid", 2, null, IsFinished: true);
        await WakeAsync();
        Assert.Equal("paid", await _rig.OutputAsync<string>(Id));
    }

    [Fact]
    public async Task A_deadline_that_moves_is_kept_in_either_direction()
    {
        _outlook = () => Waiting(TimeSpan.FromSeconds(100));
        await StartAsync();
        _outlook = () => Waiting(TimeSpan.FromSeconds(20));
        await WakeAsync();
        _rig.Advance(21 * Second);
        Assert.Equal(3, _rig.Activities.Count);
        _outlook = () => Waiting(TimeSpan.FromSeconds(500));
        await WakeAsync();
        _rig.Advance(490 * Second);
        Assert.Equal(4, _rig.Activities.Count);
        _rig.Advance(11 * Second);
        Assert.Equal(5, _rig.Activities.Count);
    }

    /// <summary>Seed 857 of the simulation: an answer to an activity that only a turn given up before its commit had asked for.</summary>
    [Fact]
    public async Task A_stray_failure_taken_for_the_pause_before_another_try_does_not_end_the_life()
    {
        _outlook = () => throw new IOException("storage is away");
        await StartAsync();
        string first = ExecutionId;
        TimerCreatedEvent pause = _rig.Hub.Find(Id)!.History.OfType<TimerCreatedEvent>().Single();
        _outlook = () => new("paid", 2, null, IsFinished: true);
        TaskFailedEvent stray = new(-1, pause.EventId, "stray", null, new FailureDetails(new IOException("storage is away")));
        _rig.Hub.Send(new(Id, first, stray));
        _rig.Settle();
        Assert.NotEqual(first, ExecutionId);
        Assert.Equal("paid", await _rig.OutputAsync<string>(Id));
    }

    /// <summary>The same with the alarm: it rings early, and the deadline is kept.</summary>
    [Fact]
    public async Task A_stray_failure_taken_for_the_alarm_does_not_end_the_life()
    {
        _outlook = () => Waiting(TimeSpan.FromSeconds(100));
        await StartAsync();
        TimerCreatedEvent alarm = _rig.Hub.Find(Id)!.History.OfType<TimerCreatedEvent>().Single();
        _rig.Hub.Send(new(Id, ExecutionId, new TaskFailedEvent(-1, alarm.EventId, "stray", null, new FailureDetails(new IOException("away")))));
        _rig.Settle();
        _outlook = () => new("expired", 2, null, IsFinished: true);
        _rig.Advance(101 * Second);
        Assert.Equal("expired", await _rig.OutputAsync<string>(Id));
    }

    /// <summary>Seed 3273: the outlook of a turn that was given up said that nothing is due, and nobody looked again.</summary>
    [Fact]
    public async Task A_stray_outlook_of_a_turn_that_was_given_up_is_not_believed()
    {
        _outlook = () => Waiting(TimeSpan.FromSeconds(50));
        await StartAsync();
        string first = ExecutionId;
        DateTime givenUpAt = _rig.Time.GetUtcNow().UtcDateTime;
        _outlook = () =>
        {
            TaskScheduledEvent asked = _rig.Hub.Find(Id)!.History.OfType<TaskScheduledEvent>().Last();
            Outlook stale = new("paid", 1, null, IsFinished: false) { AskedAt = givenUpAt };
            _rig.Hub.Send(new(Id, first, new TaskCompletedEvent(-1, asked.EventId, HubFunctions.Converter.Serialize(stale))));
            _outlook = () => Waiting(TimeSpan.FromSeconds(100));
            return _outlook();
        };
        _rig.Advance(51 * Second);
        Assert.NotEqual(first, ExecutionId);
        _outlook = () => new("expired", 2, null, IsFinished: true);
        _rig.Advance(101 * Second);
        Assert.Equal("expired", await _rig.OutputAsync<string>(Id));
    }

    /// <summary>As when the deployed build lacks the activity: restarting cannot help, and must not go on without end.</summary>
    [Fact]
    public async Task An_activity_that_cannot_succeed_fails_the_life_after_a_few_executions()
    {
        _outlook = () => throw new MissingMethodException("no such activity");
        await StartAsync();
        OrchestrationMetadata? failed = await _rig.Client.GetInstanceAsync(Id);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, failed?.RuntimeStatus);
        Assert.Equal(4, _rig.Activities.Count);
    }

    [Fact]
    public async Task Failures_with_a_success_between_them_are_not_counted_together()
    {
        await StartAsync();
        for (int round = 0; round < 10; round++)
        {
            _rig.Failing(new MissingMethodException("no such activity"));
            await WakeAsync();
        }
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await _rig.Client.GetInstanceAsync(Id))?.RuntimeStatus);
        Assert.Equal(21, _rig.Activities.Count);
    }

    private Outlook Waiting(TimeSpan time) => new("created", 1, (_rig.Time.GetUtcNow() + time).UtcDateTime, IsFinished: false);

    private async Task StartAsync()
    {
        await _rig.Client.ScheduleNewOrchestrationInstanceAsync(
            nameof(InvoiceOrchestrator), new InvoiceReference("mer_1", Id, "anvil"), new StartOrchestrationOptions(Id));
        _rig.Settle();
    }

    private async Task WakeAsync()
    {
        await _rig.Client.RaiseEventAsync(Id, InvoiceOrchestrator.Wake);
        _rig.Settle();
    }
}
