using CoinPay.Functions.Invoices;
using CoinPay.Testing.Gateway;
using Microsoft.DurableTask.Client;
using Xunit;

namespace CoinPay.Functions.Tests.Invoices;

/// <summary>
/// A wake reaches the instance that runs, or starts the next one: never is it lost, never is a history replaced.
/// </summary>
public sealed class WakeTests : IAsyncDisposable
{
    private static readonly InvoiceReference Invoice = new("mer_1", "inv_1", "anvil");
    private readonly FewInstances _client = new();

    [Fact]
    public async Task An_instance_that_runs_is_woken_without_being_asked_first()
    {
        _client.Instances["inv_1"] = OrchestrationRuntimeStatus.Running;
        await WakeAsync();
        Assert.Equal(["raise inv_1"], _client.Calls);
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Completed)]
    [InlineData(OrchestrationRuntimeStatus.Failed)]
    [InlineData(OrchestrationRuntimeStatus.Terminated)]
    public async Task An_instance_that_has_ended_is_followed_by_the_next(OrchestrationRuntimeStatus ended)
    {
        _client.Instances["inv_1"] = ended;
        await WakeAsync();
        Assert.Equal("start inv_1!2", _client.Calls[^1]);
        Assert.Equal(ended, _client.Instances["inv_1"]);

        await WakeAsync();
        Assert.Equal("raise inv_1!2", _client.Calls[^1]);
    }

    [Fact]
    public async Task An_instance_that_does_not_exist_is_started()
    {
        await WakeAsync();
        Assert.Equal("start inv_1", _client.Calls[^1]);
    }

    [Fact]
    public async Task A_wake_that_cannot_be_sent_is_not_taken_for_sent()
    {
        _client.Instances["inv_1"] = OrchestrationRuntimeStatus.Running;
        _client.IsDown = true;
        await Assert.ThrowsAsync<TimeoutException>(WakeAsync);
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private Task WakeAsync() => InvoiceOrchestrations.WakeAsync(_client, Invoice, CancellationToken.None);
}
