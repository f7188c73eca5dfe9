using Azure.Data.Tables;
using CoinPay.Embedded.Durable.Storage;
using Xunit;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Every case in memory: once undisturbed, and once for each storage operation with the process dying before and after it.</summary>
public sealed class DurableConformanceTests
{
    internal static readonly Type[] Functions =
    [
        typeof(DurableOrchestrators), typeof(EventOrchestrators), typeof(MoreOrchestrators), typeof(LargeOrchestrators),
        typeof(ClientOrchestrators), typeof(DurableActivities),
    ];

    private const int WorldsAtOnce = 8;

    public static TheoryData<string> Names => [.. DurableCases.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task In_memory(string name) => await RunAsync(name, int.MaxValue, after: false, null);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task In_memory_with_nothing_kept_warm(string name) => await RunAsync(name, int.MaxValue, after: false, 0);

    [Theory]
    [MemberData(nameof(Names))]
    public Task With_a_crash_before_and_after_every_storage_operation(string name) => CrashEverywhereAsync(name, null);

    [Theory]
    [MemberData(nameof(Names))]
    public Task With_a_crash_before_and_after_every_storage_operation_and_nothing_kept_warm(string name) => CrashEverywhereAsync(name, 0);

    private static async Task CrashEverywhereAsync(string name, int? instancesInMemory)
    {
        int operations = await RunAsync(name, int.MaxValue, after: false, instancesInMemory);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 2 * operations),
            new ParallelOptions { MaxDegreeOfParallelism = WorldsAtOnce },
            async (point, _) => await CrashAsync(name, 1 + (point / 2), after: point % 2 == 1, instancesInMemory));
    }

    private static async Task CrashAsync(string name, int at, bool after, int? instancesInMemory)
    {
        try
        {
            await RunAsync(name, at, after, instancesInMemory);
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"{name}, crash {(after ? "after" : "before")} operation {at}: {failure.Message}", failure);
        }
    }

    private static async Task<int> RunAsync(string name, int diesAt, bool after, int? instancesInMemory)
    {
        await using DurableWorld world = await DurableWorld.StartAsync(
            MemoryRows.New(), Functions, diesAt, after, "Hub", instancesInMemory: instancesInMemory);
        await DurableCases.All[name].RunAsync(world);
        return world.Operations;
    }
}

/// <summary>Every case once on Azurite.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class DurableConformanceOnAzuriteTests(AzuriteFixture azurite)
{
    public static TheoryData<string> Names => DurableConformanceTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task On_Azurite(string name)
    {
        await using DurableWorld world = await DurableWorld.StartAsync(
            new AzureRowStore(new TableServiceClient(azurite.ConnectionString)), DurableConformanceTests.Functions,
            payloads: new BlobPayloadStore(azurite.ConnectionString, "P" + Guid.NewGuid().ToString("N")));
        await DurableCases.All[name].RunAsync(world);
    }
}
