using CoinPay.Embedded.Durable.Storage;
using CoinPay.Embedded.Storage;
using CoinPay.Embedded.Tests.Functions;
using Xunit;

namespace CoinPay.Embedded.Tests.Memory;

/// <summary>The durable engine with the very code that talks to Azure, on memory: every case, and a crash at every operation of one.</summary>
public sealed class DurableOnMemoryTests
{
    public static TheoryData<string> Names => DurableConformanceTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task On_memory_storage(string name) => await RunAsync(name, int.MaxValue, after: false);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_crash_at_any_operation_changes_no_result(bool after)
    {
        const string Name = "Activities_run_one_after_the_other";
        int operations = await RunAsync(Name, int.MaxValue, after: false);
        for (int at = 1; at <= operations; at++)
            await RunAsync(Name, at, after);
    }

    private static async Task<int> RunAsync(string name, int diesAt, bool after)
    {
        MemoryStorage storage = new(TimeProvider.System);
        AzureRowStore rows = new(MemoryStorage.ConnectionString, new() { Transport = storage.Tables });
        await using DurableWorld world = await DurableWorld.StartAsync(rows, DurableConformanceTests.Functions, diesAt, after, "Hub");
        await DurableCases.All[name].RunAsync(world);
        return world.Operations;
    }
}
