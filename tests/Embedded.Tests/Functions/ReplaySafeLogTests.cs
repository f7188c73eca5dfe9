using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>What an orchestrator says through a replay-safe logger is heard once, however often its code runs.</summary>
public sealed class ReplaySafeLogTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    public async Task Each_line_is_heard_once_warm_or_not(int? instancesInMemory) =>
        Assert.Equal(["first", "second", "third"], await HearAsync("Talks", "Talks", instancesInMemory));

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    public async Task Each_generation_is_heard_once(int? instancesInMemory) => Assert.Equal(
        ["generation 0", "generation 1", "generation 2", "generation 3"],
        await HearAsync("TalksAcross", typeof(DurableCase).FullName!, instancesInMemory));

    private static async Task<IEnumerable<string>> HearAsync(string orchestrator, string category, int? instancesInMemory)
    {
        Ear ear = new(category);
        using LoggerFactory loggers = new([ear]);
        await using DurableRig rig = DurableRig.Create(
            MemoryRows.New(), DurableConformanceTests.Functions, "Hub", instancesInMemory: instancesInMemory, loggers: loggers);
        await rig.StartAsync();
        string id = await rig.Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, 0, (StartOrchestrationOptions?)null);
        await rig.Client.WaitForInstanceCompletionAsync(id).WaitAsync(Patience);
        return ear.Heard;
    }
}
