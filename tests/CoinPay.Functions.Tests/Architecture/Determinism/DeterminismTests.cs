using System.Reflection;
using CoinPay.Functions.Startup;
using Xunit;

namespace CoinPay.Functions.Tests.Architecture.Determinism;

/// <summary>
/// An orchestrator is replayed: it may do nothing whose outcome a replay would not see again. These tests find what the published
/// analyzers do not look for (chance, stopwatches, other threads, files, static state) or do not follow.
/// </summary>
public sealed class DeterminismTests
{
    private static readonly IReadOnlyDictionary<string, string> Offences = typeof(PlantedOrchestrators).GetMethods()
        .Where(method => method.IsDefined(typeof(PlantedAttribute)))
        .ToDictionary(method => method.Name, method => method.GetCustomAttribute<PlantedAttribute>()!.Offence);

    public static TheoryData<string> Planted => [.. Offences.Keys];

    [Fact]
    public void No_orchestrator_of_the_app_comes_to_anything_that_a_replay_would_not_see_again()
    {
        using OrchestratorCode app = new(typeof(Gateway).Assembly.Location);
        Assert.Contains("CoinPay.Functions.Invoices.InvoiceOrchestrator.Run", app.Orchestrators);
        Assert.Empty(app.Orchestrators.SelectMany(app.OffencesOf));
    }

    [Theory]
    [MemberData(nameof(Planted))]
    public void A_planted_offence_is_found_and_named(string orchestrator)
    {
        using OrchestratorCode tests = new(typeof(DeterminismTests).Assembly.Location);
        string method = $"{typeof(PlantedOrchestrators).FullName}.{orchestrator}";
        Assert.Contains(method, tests.Orchestrators);
        Assert.Contains(tests.OffencesOf(method),
            found => found.EndsWith(": " + Offences[orchestrator], StringComparison.Ordinal));
    }

    [Fact]
    public void An_orchestrator_that_keeps_the_rules_has_no_offence()
    {
        using OrchestratorCode tests = new(typeof(DeterminismTests).Assembly.Location);
        Assert.Empty(tests.OffencesOf($"{typeof(HarmlessOrchestrator).FullName}.{nameof(HarmlessOrchestrator.Run)}"));
    }
}
