using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Invoices;
using Xunit;

namespace CoinPay.Acceptance.Scenarios;

/// <summary>What takes hours or months: late money, and an outage that outlasts the price. Time is moved, not waited for.</summary>
public abstract class MovedClockScenarios(MovedClockWorld world) : IAsyncLifetime
{
    public ValueTask InitializeAsync()
    {
        if (world.Missing is { } reason)
            Assert.Skip(reason);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(80)]
    public async Task A_payment_that_comes_days_late_is_seen_and_held(int days)
    {
        InvoiceReference invoice = await world.InvoiceAsync();
        await world.TurnAsync();
        await world.MoveAsync(MovedClockWorld.PriceStands + TimeSpan.FromMinutes(1));
        await world.TurnAsync();
        Assert.Equal(InvoiceStatus.Expired, await world.AdvanceAsync(invoice));

        await world.MoveAsync(TimeSpan.FromDays(days));
        world.Restart();
        string payment = await world.PayAsync(invoice);
        await world.TurnAsync();
        Assert.Equal(InvoiceStatus.Expired, (await world.ReadAsync(invoice)).Status);
        await world.Node.MineAsync(2);
        await world.TurnAsync();

        Invoice late = await world.ReadAsync(invoice);
        Transfer transfer = Assert.Single(late.Transfers.Values);
        Assert.Equal((InvoiceStatus.LatePaid, payment, false), (late.Status, transfer.TransactionHash, transfer.OnTime));
    }

    [Fact]
    public async Task A_payment_that_was_seen_in_time_and_mined_days_later_is_on_time()
    {
        InvoiceReference invoice = await world.InvoiceAsync();
        await world.PayAsync(invoice);
        await world.TurnAsync();
        await world.MoveAsync(TimeSpan.FromDays(2));
        await world.TurnAsync();
        Assert.Equal(InvoiceStatus.Detected, await world.AdvanceAsync(invoice));

        await world.Node.MineAsync(2);
        await world.TurnAsync();
        Assert.Equal(InvoiceStatus.Paid, (await world.ReadAsync(invoice)).Status);
    }

    [Fact]
    public async Task Nothing_expires_while_the_node_is_away_and_what_came_in_time_is_on_time()
    {
        InvoiceReference seen = await world.InvoiceAsync(), meanwhile = await world.InvoiceAsync(), never = await world.InvoiceAsync();
        DateTimeOffset outage = world.Clock.GetUtcNow();
        await world.Node.SetClockAsync(outage);
        await world.PayAsync(seen);
        await world.TurnAsync();

        await world.Node.StopAsync(goesOn: true);
        await world.Node.SetClockAsync(outage.AddMinutes(10));
        await world.PayAsync(meanwhile);
        await world.Node.MineAsync();
        await world.MoveAsync(TimeSpan.FromHours(2));
        await world.Node.MineAsync(199);
        await Assert.ThrowsAsync<ChainUnknownException>(world.TurnAsync);
        Assert.Equal(InvoiceStatus.Detected, await world.AdvanceAsync(seen));
        Assert.Equal(InvoiceStatus.Created, await world.AdvanceAsync(meanwhile));
        Assert.Equal(InvoiceStatus.Created, await world.AdvanceAsync(never));

        await world.Node.StartAgainAsync();
        await world.TurnAsync();
        Assert.Equal(InvoiceStatus.Paid, (await world.ReadAsync(seen)).Status);
        Assert.Equal(InvoiceStatus.Paid, (await world.ReadAsync(meanwhile)).Status);
        Assert.Equal(InvoiceStatus.Expired, await world.AdvanceAsync(never));
    }
}

/// <summary>On bitcoind.</summary>
public sealed class BitcoinMovedClockTests(BitcoinMovedClock world) : MovedClockScenarios(world), IClassFixture<BitcoinMovedClock>;

/// <summary>On litecoind.</summary>
public sealed class LitecoinMovedClockTests(LitecoinMovedClock world) : MovedClockScenarios(world), IClassFixture<LitecoinMovedClock>;
