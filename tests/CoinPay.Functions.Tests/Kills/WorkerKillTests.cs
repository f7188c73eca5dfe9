using CoinPay.Functions.Tests.World;
using Xunit;

namespace CoinPay.Functions.Tests.Kills;

/// <summary>kill -9 of the worker alone, which runs beside its host as in Azure: the host starts another.</summary>
public sealed class WorkerKillTests(OutOfProcessWorld world) : IClassFixture<OutOfProcessWorld>
{
    private const int Orders = 6;

    [Fact]
    public async Task A_worker_that_is_killed_amid_its_work_fails_no_orchestration_and_every_invoice_ends_paid_once()
    {
        Sale[] sales = [];
        for (int order = 0; order < Orders; order++)
            sales = [.. sales, .. await Sale.OpenBothAsync(world, $"worker-{order}")];
        await Task.WhenAll(sales.Select(sale => sale.PayAsync()));
        await Task.WhenAny(sales.Select(sale => sale.IsSeenAsync()));

        int killed = world.Gateway.WorkerId;
        await Task.WhenAll(world.Gateway.KillWorkerAsync(), sales[0].ConfirmAsync());
        await world.WaitForAsync(() => Task.FromResult(world.Gateway.WorkerId), worker => worker != killed, "another worker");
        await sales[1].ConfirmAsync();

        await Task.WhenAll(sales.Select(sale => sale.EndsPaidOnceAsync()));
        Assert.Empty(await world.Gateway.EndedInstancesAsync());
    }
}
