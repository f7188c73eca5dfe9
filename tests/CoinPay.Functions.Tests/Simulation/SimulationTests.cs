using Xunit;

namespace CoinPay.Functions.Tests.Simulation;

/// <summary>Whole lives of simulated worlds. <c>scripts/simulate.sh</c> runs many more of them.</summary>
public sealed class SimulationTests
{
    [Fact]
    public void A_seed_replays_operation_by_operation()
    {
        SeedResult first = Life.Run(7), second = Life.Run(7);
        Assert.Equal(first.LogHash, second.LogHash);
        Assert.Equal(first.Operations, second.Operations);
        Assert.True(first.Operations >= 300, $"{first.Operations} operations");
        Assert.True(first.Invoices >= 20, $"{first.Invoices} invoices");
    }

    /// <summary>The simulation leaves the tables' protocol out: over it the same happens, operation by operation.</summary>
    [Fact]
    public void A_world_goes_the_same_way_over_the_tables_protocol()
    {
        SeedResult direct = Life.Run(12), protocol = Life.Run(12, usesProtocol: true);
        Assert.Null(protocol.Failure);
        Assert.Equal(direct.LogHash, protocol.LogHash);
        Assert.Equal(direct.Operations, protocol.Operations);
    }

    [Fact]
    public void A_few_worlds_hold_and_meet_the_ways_that_payments_mostly_go()
    {
        Summary summary = Summary.Of(1, Summary.EnoughForAnything, Environment.ProcessorCount);
        Assert.Empty(summary.Failures.Select(failed => failed.Report()));
        Assert.Empty(summary.Missing);
    }
}
