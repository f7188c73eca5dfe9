using CoinPay.Functions.Invoices;
using CoinPay.Simulation.Runtime;
using CoinPay.Testing.Hub;
using DurableTask.Core;
using DurableTask.Core.Command;
using DurableTask.Core.History;
using Microsoft.DurableTask;
using Xunit;

namespace CoinPay.Simulation.Golden;

/// <summary>
/// Invoices that run when a new build starts are replayed by its code. Recorded histories stand for them: the published executor takes
/// today's code through each, turn by turn, and it must ask for what the code asked for that made the history.
/// </summary>
public sealed class GoldenHistoryTests
{
    private static string Version => AppParts.OrchestrationVersion;

    public static TheoryData<string> Histories => [.. GoldenHistory.Names];

    public static TheoryData<string> Changes => [.. ChangedInvoiceOrchestrators.All.Keys];

    [Theory]
    [MemberData(nameof(Histories))]
    public void An_invoice_that_runs_goes_on_with_the_code_of_today(string name)
    {
        Assert.Null(FirstFault(InvoiceOrchestrator.Run, GoldenHistory.Read(name)));
        Assert.Null(FirstFault(ChangedInvoiceOrchestrators.Unchanged, GoldenHistory.Read(name)));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_change_that_would_break_running_invoices_is_caught(string change)
    {
        string[] faults = [.. GoldenHistory.Names
            .Select(name => FirstFault(ChangedInvoiceOrchestrators.All[change], GoldenHistory.Read(name))).OfType<string>()];
        Assert.NotEmpty(faults);
        TestContext.Current.TestOutputHelper?.WriteLine(faults[0]);
    }

    [Fact]
    public void A_history_that_has_become_long_begins_anew_with_the_same_invoice()
    {
        GoldenHistory history = GoldenHistory.Read(Version + "/long"), next = GoldenHistory.Read(Version + "/continued");
        TimerCreatedEvent timer = history.Events.OfType<TimerCreatedEvent>().Last();

        OrchestratorAction end = Assert.Single(
            Play(InvoiceOrchestrator.Run, history.Events, [new TimerFiredEvent(-1, timer.FireAt) { TimerId = timer.EventId }]));

        OrchestrationCompleteOrchestratorAction complete = Assert.IsType<OrchestrationCompleteOrchestratorAction>(end);
        Assert.Equal((OrchestrationStatus.ContinuedAsNew, next.Start.Input), (complete.OrchestrationStatus, complete.Result));
        Assert.Equal(Invoice(history) with { FirstDeadlineAt = null }, Invoice(next));
        Assert.NotEqual(history.Start.OrchestrationInstance.ExecutionId, next.Start.OrchestrationInstance.ExecutionId);

        static InvoiceReference Invoice(GoldenHistory of) => HubFunctions.Converter.Deserialize<InvoiceReference>(of.Start.Input)!;
    }

    [Fact]
    public void The_lives_that_matter_are_recorded_for_the_version_of_host_json()
    {
        Assert.All(GoldenLives.All.Keys, name => Assert.Contains($"{Version}/{name}", GoldenHistory.Names));
        Assert.Equal("\"paid\"", Recorded("paid").Output);
        Assert.Equal("\"expired\"", Recorded("expired").Output);
        Assert.Equal("\"late_paid\"", Recorded("late").Output);
        Assert.Equal("\"cancelled\"", Recorded("cancelled").Output);
        Assert.Contains(Recorded("retried").Events, step => step is TaskFailedEvent);
        Assert.Contains(Recorded("paid").Events, step => step is EventRaisedEvent);
        Assert.All(GoldenLives.All.Keys, name => Assert.Equal(Version, Recorded(name).Start.Version));

        GoldenHistory Recorded(string name) => GoldenHistory.Read($"{Version}/{name}");
    }

    /// <summary>
    /// Runs each turn over what was committed before it: a build may be replaced between any two. What it asks for must be what was
    /// recorded. Null when all is so.
    /// </summary>
    private static string? FirstFault(Func<TaskOrchestrationContext, Task<string>> orchestrator, GoldenHistory history)
    {
        foreach (GoldenTurn turn in history.Turns)
        {
            IReadOnlyList<OrchestratorAction> actions = Play(orchestrator, turn.Past, turn.News);
            if (actions.OfType<OrchestrationCompleteOrchestratorAction>().FirstOrDefault()?.FailureDetails is { } failure)
                return $"turn {turn.Number}: {failure.ErrorMessage}";
            string asks = string.Join(", ", actions.Select(Asked.Of)), asked = string.Join(", ", turn.Own.Select(Asked.Of).OfType<string>());
            if (asks != asked)
                return $"turn {turn.Number} asks for {asks}, and asked for {asked}";
        }
        return null;
    }

    private static IReadOnlyList<OrchestratorAction> Play(
        Func<TaskOrchestrationContext, Task<string>> orchestrator, IReadOnlyList<HistoryEvent> past, IEnumerable<HistoryEvent> news)
    {
        HubFunctions functions = new HubFunctions((_, _) => throw new NotSupportedException())
            .Add<InvoiceReference, string>(nameof(InvoiceOrchestrator), orchestrator);
        OrchestrationRuntimeState state = new([.. past]);
        foreach (HistoryEvent happened in news)
            state.AddEvent(happened);
        return [.. Turn.Execute(state, functions).Actions];
    }
}
