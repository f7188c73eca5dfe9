using CoinPay.Acceptance.World;
using CoinPay.Functions.Invoices;
using Xunit;

namespace CoinPay.Acceptance.Kills;

/// <summary>kill -9 of the worker alone, which runs beside its host as in Azure: the host starts another.</summary>
public sealed class WorkerKillTests(OutOfProcessWorld world) : IClassFixture<OutOfProcessWorld>
{
    /// <summary>On each chain, for each kill.</summary>
    private const int Orders = 4;

    /// <summary>A kill may miss what it aims at: the work ends in the same moment.</summary>
    private const int MaxKills = 3;

    [Fact]
    public async Task A_worker_that_is_killed_amid_its_work_fails_no_orchestration_and_every_invoice_ends_paid_once()
    {
        List<Sale> sales = [];
        for (bool hasStruck = false; !hasStruck;)
        {
            Assert.True(sales.Count < MaxKills * Orders * 2, "no kill cut off an orchestration's work");
            List<Sale> more = [];
            for (int order = 0; order < Orders; order++)
                more.AddRange(await Sale.OpenBothAsync(world, $"worker-{sales.Count + order}"));
            sales.AddRange(more);
            hasStruck = await KillAmidAdvancesAsync(() => Task.WhenAll(more.Select(sale => sale.PayAsync())));
        }
        // The newest are one on each chain, and blocks confirm all.
        await Task.WhenAll(sales.TakeLast(2).Select(sale => sale.ConfirmAsync()));

        await Task.WhenAll(sales.Select(sale => sale.EndsPaidOnceAsync()));
        Assert.Empty(await world.Gateway.EndedInstancesAsync());
    }

    /// <summary>Kills the worker when payments have changed the first invoice. Returns whether that cut off orchestrations' work.</summary>
    private async Task<bool> KillAmidAdvancesAsync(Func<Task> pay)
    {
        int killed = world.Gateway.WorkerId, before = world.Gateway.Log.Length;
        Task paying = pay();
        await world.WaitForAsync(() => Task.FromResult(world.Gateway.Log[before..]), Shows($"[{nameof(AdvanceInvoice)} "), "an advance");
        await world.Gateway.KillWorkerAsync();
        await paying;
        await world.WaitForAsync(() => Task.FromResult(world.Gateway.WorkerId), worker => worker != killed, "another worker");
        return world.Gateway.Log[before..].Split('\n').Where(Shows("The worker ended while")).Any(
            line => Shows(nameof(AdvanceInvoice))(line) || Shows(nameof(InvoiceOrchestrator))(line));
    }

    private static Func<string, bool> Shows(string part) => text => text.Contains(part, StringComparison.Ordinal);
}
