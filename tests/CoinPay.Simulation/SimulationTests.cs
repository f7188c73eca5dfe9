using Xunit;

namespace CoinPay.Simulation;

/// <summary>Complete simulated worlds. <c>scripts/simulate.sh</c> runs many more of them.</summary>
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

    /// <summary>The simulation bypasses the tables' protocol: with it, the same happens, operation by operation.</summary>
    [Fact]
    public void A_world_goes_the_same_way_over_the_tables_protocol()
    {
        SeedResult direct = Life.Run(12), protocol = Life.Run(12, usesProtocol: true);
        Assert.Null(protocol.Failure);
        Assert.Equal(direct.LogHash, protocol.LogHash);
        Assert.Equal(direct.Operations, protocol.Operations);
    }

    /// <summary>
    /// Too little was taken, and a payment that a reorg had thrown out was mined again: what was taken stands (845, 1706, 5396).
    /// A block had another spend of a payment's coin, and a reorg brought the payment back before the mempool was read (1910).
    /// An orchestration took the answer to a question of a turn that was given up for another's (857, 3273).
    /// An advance whose message came back took up what a lost wake was about, and nobody read its outlook (7183).
    /// </summary>
    [Theory]
    [InlineData(845)]
    [InlineData(857)]
    [InlineData(1706)]
    [InlineData(1910)]
    [InlineData(3273)]
    [InlineData(5396)]
    [InlineData(7183)]
    public void A_world_that_once_seemed_to_break_holds(ulong seed) => Assert.Null(Life.Run(seed).Failure);

    [Fact]
    public void A_few_worlds_hold_and_meet_the_ways_that_payments_mostly_go()
    {
        Summary summary = Summary.Of(1, Summary.EnoughForAnything, Environment.ProcessorCount);
        Assert.Empty(summary.Failures.Select(failed => failed.Report()));
        Assert.Empty(summary.Missing);
    }
}
