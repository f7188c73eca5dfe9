using Microsoft.DurableTask.Client;
using Xunit;

namespace CoinPay.Embedded.Tests.Functions;

[Collection(AzuriteCollection.Name)]
public sealed class DurableTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task Activities_run_one_after_the_other()
    {
        await using TestHost host = await StartAsync();
        Assert.Equal("x01234", await RunAsync<string>(host, "Sequence", "x"));
    }

    [Fact]
    public async Task Activities_fan_out_and_in()
    {
        await using TestHost host = await StartAsync();
        Assert.Equal(385, await RunAsync<int>(host, "FanOut", 10));
    }

    [Fact]
    public async Task A_turn_may_ask_for_more_than_one_transaction_holds()
    {
        await using TestHost host = await StartAsync();
        Assert.Equal(Enumerable.Range(1, 250).Sum(i => i * i), await RunAsync<int>(host, "FanOut", 250));
    }

    private static async Task<T?> RunAsync<T>(TestHost host, string orchestrator, object? input)
    {
        string id = await host.Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input);
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        OrchestrationMetadata done = await host.Client.WaitForInstanceCompletionAsync(id, true, patience.Token);
        Assert.True(done.RuntimeStatus == OrchestrationRuntimeStatus.Completed, $"{done.RuntimeStatus}: {done.FailureDetails}");
        return done.ReadOutputAs<T>();
    }

    private Task<TestHost> StartAsync() => TestHost.StartAsync(
        azurite.ConnectionString,
        DurableConformanceTests.Functions,
        new Dictionary<string, string?> { ["extensions:durableTask:hubName"] = "T" + Guid.NewGuid().ToString("N") });
}
