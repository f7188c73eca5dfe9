using Azure.Data.Tables;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;
using Xunit;

namespace CoinPay.Simulation.Cli;

/// <summary>Checks what reconcile proves, and that it names every changed row.</summary>
public sealed class ReconcileTests
{
    /// <summary>One life for all that is damaged: each test puts back what it changed.</summary>
    private static readonly Lazy<LivedWorld> Lived = new(() => LivedWorld.Live(2));

    private readonly LivedWorld _world = Lived.Value;

    [Theory]
    [InlineData(12)]
    [InlineData(31)]
    public async Task A_simulated_world_at_rest_agrees(ulong seed)
    {
        LivedWorld world = LivedWorld.Live(seed);
        Assert.Equal("", await world.DifferencesAsync());
    }

    [Theory]
    [InlineData("event!0000002", "Json", "was changed")]
    [InlineData("event!0000001", "Hash", "was changed")]
    [InlineData("snapshot", "Status", "the snapshot says")]
    [InlineData("snapshot", "LastHash", "last hash differs")]
    [InlineData("snapshot", "Confirmed", "the snapshot has")]
    [InlineData("snapshot", "Json", "the snapshot is")]
    [InlineData("line!", "Amount", "the ledger has")]
    [InlineData("line!", "Destination", "the ledger has")]
    [InlineData("transfer!", "Json", "has the transfer")]
    public async Task A_changed_row_is_named(string row, string property, string difference)
    {
        TableEntity stored = await _world.PaidRowAsync(row);
        TableEntity damaged = new(stored) { [property] = Other(stored.GetString(property)) };
        await PutAsync(_world.Tables.Invoices, damaged);
        await RequireAsync(damaged, difference);
        await PutAsync(_world.Tables.Invoices, stored);
        Assert.Equal("", await _world.DifferencesAsync());
    }

    [Theory]
    [InlineData("event!0000002", "event 2 is missing")]
    [InlineData("snapshot", "no snapshot")]
    [InlineData("line!", "the ledger has")]
    [InlineData("transfer!", "no row has the transfer")]
    public async Task A_missing_row_is_named(string row, string difference)
    {
        TableEntity lost = await _world.PaidRowAsync(row);
        await _world.Tables.Invoices.DeleteEntityAsync(lost, Azure.ETag.All, TestContext.Current.CancellationToken);
        await RequireAsync(lost, difference);
        await PutAsync(_world.Tables.Invoices, lost);
    }

    [Fact]
    public async Task An_invoice_that_nobody_watches_or_lists_is_named()
    {
        TableEntity invoice = await _world.PaidRowAsync("snapshot");
        string id = invoice.PartitionKey.Split('!')[1];
        TableEntity watch = await TakeAwayAsync(_world.Tables.Watches, "watch!" + id);
        await RequireAsync(invoice, "has no watch");
        await PutAsync(_world.Tables.Watches, watch);
        TableEntity listed = await TakeAwayAsync(_world.Tables.Index, Id.NewestFirst(id));
        await RequireAsync(invoice, "is missing from its merchant's list");
        await PutAsync(_world.Tables.Index, listed);
    }

    private async Task RequireAsync(TableEntity row, string difference)
    {
        string id = row.PartitionKey.Split('!')[1];
        string differences = await _world.DifferencesAsync();
        Assert.Contains(differences.Split('\n'), line =>
            line.StartsWith(id + ": ", StringComparison.Ordinal) && line.Contains(difference, StringComparison.Ordinal));
        Assert.Contains("1 of ", differences, StringComparison.Ordinal);
    }

    private static async Task PutAsync(TableClient table, TableEntity row) =>
        await table.UpsertEntityAsync(row, TableUpdateMode.Replace, TestContext.Current.CancellationToken);

    private static async Task<TableEntity> TakeAwayAsync(TableClient table, string key)
    {
        string filter = TableClient.CreateQueryFilter($"RowKey eq {key}");
        await foreach (TableEntity row in table.RowsAsync(filter, TestContext.Current.CancellationToken))
        {
            await table.DeleteEntityAsync(row, row.ETag, TestContext.Current.CancellationToken);
            return row;
        }
        throw new InvalidOperationException($"{table.Name} has no {key}");
    }

    /// <summary>Another text of the same form: what cannot be read at all would be too easy.</summary>
    private static string Other(string text) => text.Contains("\"version\":", StringComparison.Ordinal)
        ? text.Replace("\"version\":", "\"version\":1", StringComparison.Ordinal)
        : text.Contains("\"amount\":\"", StringComparison.Ordinal)
            ? text.Replace("\"amount\":\"", "\"amount\":\"1", StringComparison.Ordinal)
            : text + "1";
}
