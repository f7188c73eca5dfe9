using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Tests.Platform.Telemetry;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Storage;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Functions.Tests.Invoices;

/// <summary>An orchestration that failed while nothing happens to its invoice.</summary>
public sealed class FailedOrchestrationsTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.Zero));
    private readonly FewInstances _instances = new();
    private readonly Measurements _measured = new();
    private readonly Tables _tables;
    private readonly WatchStore _watches;
    private SweepProgress _progress = new();

    public FailedOrchestrationsTests()
    {
        _tables = new(new MemoryStorage(_clock).TableService());
        _watches = new(_tables, new Networks([Edge.Anvil]));
    }

    public async ValueTask InitializeAsync() => await _tables.EnsureCreatedAsync(default);

    public async ValueTask DisposeAsync()
    {
        _measured.Dispose();
        await _instances.DisposeAsync();
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Failed, 1)]
    [InlineData(OrchestrationRuntimeStatus.Terminated, 0)]
    public async Task A_failed_orchestration_is_counted_and_followed_by_another_ten_minutes_after_its_invoice_expired_though_nothing_wakes_it(
        OrchestrationRuntimeStatus ended, int failures)
    {
        string invoice = await InvoiceAsync(ended);
        _clock.Advance(TimeSpan.FromMinutes(25));
        await ReviveAsync();
        Assert.Empty(_instances.Calls);
        _clock.Advance(TimeSpan.FromMinutes(5));
        await ReviveAsync();
        Assert.Equal($"start {invoice}!2", _instances.Calls[^1]);
        Assert.Equal(failures, _measured.Of("coinpay.orchestration.failed").Length);
    }

    [Fact]
    public async Task An_orchestration_that_runs_is_looked_at_and_left_alone()
    {
        await InvoiceAsync(OrchestrationRuntimeStatus.Running);
        _clock.Advance(TimeSpan.FromMinutes(30));
        await ReviveAsync();
        Assert.Empty(_instances.Calls);
    }

    [Fact]
    public async Task Each_orchestration_is_looked_at_once_and_by_a_new_process_again()
    {
        string first = await InvoiceAsync(OrchestrationRuntimeStatus.Running);
        _clock.Advance(TimeSpan.FromMinutes(30));
        await ReviveAsync();
        _instances.Instances[first] = OrchestrationRuntimeStatus.Failed;
        _clock.Advance(TimeSpan.FromHours(1));
        await ReviveAsync();
        Assert.Empty(_instances.Calls);
        _progress = new();
        await ReviveAsync();
        Assert.Equal($"start {first}!2", _instances.Calls[^1]);
    }

    private Task ReviveAsync() => new FailedOrchestrations(_watches, _progress, _clock).ReviveAsync("anvil", _instances, default);

    /// <summary>Expires in a quarter of an hour.</summary>
    private async Task<string> InvoiceAsync(OrchestrationRuntimeStatus status)
    {
        string id = Id.New("inv", _clock.GetUtcNow());
        await _watches.InsertAsync(
            new()
            {
                Network = "anvil",
                InvoiceId = id,
                MerchantId = "mer_1",
                Address = id,
                Recipient = id,
                Required = RequiredDepth.OfBlocks(1),
                ExpiresAt = _clock.GetUtcNow().AddMinutes(15),
                MonitorUntil = _clock.GetUtcNow().AddDays(90),
            },
            default);
        _instances.Instances[id] = status;
        return id;
    }
}
