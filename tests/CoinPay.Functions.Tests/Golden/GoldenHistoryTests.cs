using System.Reflection;
using CoinPay.Embedded.Durable;
using CoinPay.Embedded.Worker;
using CoinPay.Functions.Invoices;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace CoinPay.Functions.Tests.Golden;

/// <summary>
/// Invoices that run when a new build starts are replayed by its code. Recorded histories stand for them: the code of today must
/// go through each, turn by turn, as the code did that made it.
/// </summary>
public sealed class GoldenHistoryTests
{
    private static readonly FunctionDescriptor Today = Function(typeof(InvoiceOrchestrator), nameof(InvoiceOrchestrator.Run));

    /// <summary>What new orchestrations are started as.</summary>
    private static string Version { get; } = new ConfigurationBuilder()
        .AddJsonFile(Path.Combine(CoinPay.Tests.RepositoryFiles.Root, "host.json"))
        .Build()["extensions:durableTask:defaultVersion"]!;

    public static TheoryData<string> Histories => [.. GoldenHistory.Names];

    public static TheoryData<string> Changes =>
    [
        .. typeof(ChangedInvoiceOrchestrators).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Select(method => method.Name)
            .Where(name => name != nameof(ChangedInvoiceOrchestrators.Unchanged)),
    ];

    [Theory]
    [MemberData(nameof(Histories))]
    public void An_invoice_that_runs_goes_on_with_the_code_of_today(string name)
    {
        Assert.Null(FirstFault(Today, GoldenHistory.Read(name)));
        Assert.Null(FirstFault(Copy(nameof(ChangedInvoiceOrchestrators.Unchanged)), GoldenHistory.Read(name)));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_change_that_would_break_running_invoices_is_caught(string change)
    {
        string[] faults = [.. GoldenHistory.Names.Select(name => FirstFault(Copy(change), GoldenHistory.Read(name))).OfType<string>()];
        Assert.NotEmpty(faults);
        TestContext.Current.TestOutputHelper?.WriteLine(faults[0]);
    }

    [Fact]
    public void A_history_that_has_become_long_begins_anew_with_the_same_invoice()
    {
        GoldenHistory history = GoldenHistory.Read(Version + "/long"), next = GoldenHistory.Read(Version + "/continued");
        HistoryEvent timer = history.Events.Last(step => step.Type == HistoryEventType.TimerCreated);
        HistoryEvent fired = new(HistoryEventType.TimerFired, timer.FireAt!.Value) { TaskId = timer.TaskId, Turn = history.State.Turn + 1 };

        TurnEnd end = TurnOf(Today, history.State).Run(history.Events, [fired]).End!;

        Assert.Equal(OrchestrationRuntimeStatus.ContinuedAsNew, end.Status);
        Assert.Equal(history.State.Input, end.NextInput);
        Assert.Equal((history.State.Generation + 1, end.NextInput), (next.State.Generation, next.State.Input));
    }

    [Fact]
    public void The_lives_that_matter_are_recorded_for_the_version_of_host_json()
    {
        Assert.All(GoldenLives.All.Keys, name => Assert.Contains($"{Version}/{name}", GoldenHistory.Names));
        Assert.Equal("paid", Outcome("paid"));
        Assert.Equal("expired", Outcome("expired"));
        Assert.Equal("late_paid", Outcome("late"));
        Assert.Equal("cancelled", Outcome("cancelled"));
        Assert.Contains(GoldenHistory.Read($"{Version}/retried").Events, step => step.Type == HistoryEventType.TaskFailed);
        Assert.Contains(GoldenHistory.Read($"{Version}/paid").Events, step => step.Type == HistoryEventType.EventRaised);
        Assert.All(GoldenHistory.Names, name => Assert.NotEmpty(GoldenHistory.Read(name).Events));

        string? Outcome(string name) => GoldenHistory.Read($"{Version}/{name}").State.Output?.Trim('"');
    }

    /// <summary>
    /// Runs each turn as the engine does, over what was committed before it: a build may be replaced between any two. What is asked
    /// for and how it ends must be what was recorded. Null when all is so.
    /// </summary>
    private static string? FirstFault(FunctionDescriptor orchestrator, GoldenHistory history)
    {
        IEnumerable<HistoryEvent> committed = history.Events.Where(step => step.Turn <= history.State.Turn);
        foreach (IGrouping<int, HistoryEvent> turn in committed.GroupBy(step => step.Turn))
        {
            TurnResult result = TurnOf(orchestrator, history.State).Run(
                [.. history.Events.Where(step => step.Turn < turn.Key)], [.. turn.Where(step => !step.IsAction && !step.IsEnd)]);
            HistoryEvent? end = turn.FirstOrDefault(step => step.IsEnd);
            if (result.End?.Failure is { } failure)
                return $"turn {turn.Key}: {failure.ErrorMessage}";
            if (Asked(result.Actions) != Asked(turn.Where(step => step.IsAction)))
                return $"turn {turn.Key} asks for {Asked(result.Actions)}, and asked for {Asked(turn.Where(step => step.IsAction))}";
            if (result.End?.Status.ToString() != end?.Name || result.End?.Output != end?.Result)
                return $"turn {turn.Key} ends as {result.End}, and ended as {end}";
        }
        return null;
    }

    private static string Asked(IEnumerable<HistoryEvent> actions) => string.Join(", ", actions.Select(step => step.Described));

    private static Turn TurnOf(FunctionDescriptor orchestrator, OrchestrationState state) =>
        new(orchestrator, state, NullLoggerFactory.Instance, JsonDataConverter.Default);

    private static FunctionDescriptor Copy(string name) => Function(typeof(ChangedInvoiceOrchestrators), name);

    private static FunctionDescriptor Function(Type type, string method) => new(method, type.GetMethod(method)!);
}
