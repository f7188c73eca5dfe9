using CoinPay.Functions.Invoices;
using CoinPay.Functions.Tests.Hub;
using CoinPay.Testing.Hub;
using Microsoft.DurableTask;
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
            (_, _) => HubFunctions.Converter.Serialize(_outlook!()));
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
