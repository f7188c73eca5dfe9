using CoinPay.Acceptance.Chains;
using CoinPay.Chains.Evm;
using CoinPay.Core;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Acceptance.Scenarios;

/// <summary>A recovery as its timer takes it further, whatever happens between two ticks.</summary>
public sealed class RecoveryTests(RecoveryWorld world) : IClassFixture<RecoveryWorld>
{
    /// <summary>The payment's block and these make a block final on anvil.</summary>
    private const int Deep = 10;
    private const int MaxTicks = 10;

    /// <summary>Two ticks: read what is due in two partitions, load, commit once, show, postpone or forget.</summary>
    private const int MinCalls = 11;
    private const int MaxCalls = 30;
    private const long Amount = 2_000_000_000_000_000;

    [Fact]
    public async Task A_process_that_dies_at_any_storage_call_leaves_the_money_moved_and_booked_once()
    {
        foreach (bool afterEffect in new[] { false, true })
            Assert.InRange(await DiesOfAsync(afterEffect), MinCalls, MaxCalls);
    }

    [Fact]
    public async Task What_somebody_else_has_flushed_already_is_booked_with_the_transaction_that_did_it()
    {
        StrandedInvoice first = await world.StrandedAsync(Amount);
        await world.TickAsync();
        await world.West.MineAsync(Deep);
        await world.TickAsync();
        StrandedInvoice invoice = await world.StrandedAsync(Amount);
        ForwarderDerivation forwarder = (ForwarderDerivation)invoice.Terms.Derivation;
        string flush = await world.West.SendTransactionAsync(
            ForwarderFactory.Address, 0,
            ForwarderFactory.FlushCall([new(forwarder.SettlementAddress, forwarder.Salt)], [EvmAddress.NativeCoin]));

        await world.West.MineAsync(Deep);
        await world.TickAsync();
        Assert.Equal(flush, (await invoice.RecoveryAsync()).TransactionHash);
        await EndsAsync(invoice);
        await EndsAsync(first);
    }

    [Fact]
    public async Task A_flush_that_a_reorg_takes_back_is_done_again_before_anything_is_booked()
    {
        StrandedInvoice invoice = await world.StrandedAsync(Amount);
        await world.TickAsync();
        Assert.Equal(Amount, await invoice.SettledAsync());
        await world.TickAsync();
        Assert.True((await invoice.RecoveryAsync()).IsPending);
        await world.West.ReorgAsync(1);
        Assert.Equal(0, await invoice.SettledAsync());
        await world.TickAsync();
        Assert.True((await invoice.RecoveryAsync()).IsPending);
        await EndsAsync(invoice);
    }

    [Fact]
    public async Task What_the_settlement_address_refuses_is_shown_and_tried_again_and_costs_no_more_than_that()
    {
        StrandedInvoice invoice = await world.StrandedAsync(Amount, await world.West.DeployAsync(TinyContract.Refuser));
        await world.TickAsync();
        await world.TickAsync();
        Recovery refused = await invoice.RecoveryAsync();
        Assert.Equal((true, "The token, or the settlement address, refuses the transfer."), (refused.IsPending, refused.Failure));
        Assert.Contains("refuses the transfer", await invoice.ShownAsync(), StringComparison.Ordinal);
        Assert.True(await invoice.IsNotedAsync());

        await world.West.SendAsync("anvil_setCode", invoice.Terms.SettlementDestination, "0x");
        await EndsAsync(invoice);
    }

    /// <summary>At each storage call in turn; gives how many there are.</summary>
    private async Task<int> DiesOfAsync(bool afterEffect)
    {
        for (int call = 1; call <= MaxCalls; call++)
        {
            StrandedInvoice invoice = await world.StrandedAsync(Amount);
            world.Faults.Reset(call, afterEffect);
            bool hasDied = await DiesAsync(invoice);
            world.Faults.Reset();
            await EndsAsync(invoice);
            if (!hasDied)
                return call - 1;
        }
        return int.MaxValue;
    }

    /// <summary>Whether the process died while it moved and booked the money.</summary>
    private async Task<bool> DiesAsync(StrandedInvoice invoice)
    {
        try
        {
            for (int tick = 0; tick < MaxTicks && await invoice.IsNotedAsync(); tick++)
            {
                await world.TickAsync();
                await world.West.MineAsync(Deep);
            }
            return false;
        }
        catch (CrashException)
        {
            return true;
        }
    }

    /// <summary>However it began: the money is at its address, booked once, shown, and nothing is left to do.</summary>
    private async Task EndsAsync(StrandedInvoice invoice)
    {
        for (int tick = 0; tick < MaxTicks && await invoice.IsNotedAsync(); tick++)
        {
            await world.TickAsync();
            await world.West.MineAsync(Deep);
        }
        Recovery over = await invoice.RecoveryAsync();
        Assert.Equal((false, Amount, null), (over.IsPending, (long)over.Amount, over.Failure));
        Assert.Equal((Amount, 1), ((long)await invoice.SettledAsync(), await invoice.TimesBookedAsync()));
        Assert.Equal("0x1", (await world.West.ReceiptAsync(over.TransactionHash!)).GetProperty("status").GetString());
        Assert.Contains("\"recovered\"", await invoice.ShownAsync(), StringComparison.Ordinal);
        Assert.False(await invoice.IsNotedAsync());
        Invoice state = await invoice.ReadAsync();
        Holding settled = new(TwoChainWorld.WestName, state.Exceptions[0].AssetId, Account.Settled(invoice.Terms.MerchantId));
        Assert.Equal(Amount, (long)InvoiceLedger.Allocation(state)[settled]);
    }
}
