using Azure.Data.Tables;
using CoinPay.Cli;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Simulation.Runtime;
using CoinPay.Testing.Storage.Direct;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Simulation.Cli;

/// <summary>The storage of a simulated world after its life.</summary>
internal sealed class LivedWorld
{
    private readonly Simulation.World _world;

    private LivedWorld(Simulation.World world) => _world = world;

    public TableServiceClient Service => _world.Storage.TableService();

    public Tables Tables => new(Service);

    public static LivedWorld Live(ulong seed)
    {
        Witness witness = new();
        SeedResult result = Life.Run(seed, () => witness);
        Assert.Null(result.Failure);
        return new(witness.World!);
    }

    /// <summary>What reconcile prints if something differs; empty otherwise.</summary>
    public async Task<string> DifferencesAsync()
    {
        using StringWriter output = new() { NewLine = "\n" };
        bool agrees = await new Reconcile(Service, new FakeTimeProvider(_world.Now), TimeSpan.Zero, output)
            .RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(agrees, output.ToString().Contains(" ledger lines agree.", StringComparison.Ordinal));
        return agrees ? "" : output.ToString();
    }

    /// <summary>A row of an invoice that is paid and watched; the first whose key begins so.</summary>
    public async Task<TableEntity> PaidRowAsync(string key)
    {
        string partition = _world.Audit.Invoices
            .Where(invoice => invoice.State.IsPaid && invoice.State.Terms.MonitorUntil > _world.Now)
            .Select(invoice => Key.Of(invoice.State.Terms.MerchantId, invoice.State.Terms.Id))
            .First();
        await foreach (TableEntity row in Tables.Invoices.RangeAsync(partition, key, TestContext.Current.CancellationToken))
            return row;
        throw new InvalidOperationException($"{partition} has no {key}");
    }

    /// <summary>Sees the world at its calls to storage, and changes nothing.</summary>
    private sealed class Witness : Seams
    {
        public Simulation.World? World { get; private set; }

        public override ValueTask<TableAnswer> CallAsync(Simulation.World world, TableRequest request, TableCall tables)
        {
            // A fresh run's world is another one.
            World ??= world;
            return base.CallAsync(world, request, tables);
        }
    }
}
