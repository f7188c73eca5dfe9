using Azure.Data.Tables;
using Azure.Storage.Queues;
using CoinPay.Cli;
using CoinPay.Core;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Testing.Gateway;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Simulation.Cli;

/// <summary>An interrupted restore is repeated with --force and gives the same result.</summary>
public sealed class RestoreCrashTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("backup-").FullName;

    private BackupFolder Folder => new(Path.Combine(_folder, "backup"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_restore_cut_short_between_any_two_writes_is_done_again_and_comes_to_the_same()
    {
        LivedWorld world = LivedWorld.Live(2);
        await BeDueAgainAsync(world.Tables.Deliveries, most: 8);
        await new Backup(world.Service, TextWriter.Null).RunAsync(Folder, default);
        string whole = await RestoredAsync(null);
        Assert.Contains("\nwebhooks: ", whole, StringComparison.Ordinal);
        int deaths = 0;
        for (bool died = true; died; deaths += died ? 1 : 0)
        {
            StorageDeath death = new(deaths + 1, before: deaths % 2 == 0);
            Assert.Equal(whole, await RestoredAsync(death));
            died = death.Happened;
        }
        Assert.True(deaths >= 50, $"cut short {deaths} times");
    }

    private static async Task BeDueAgainAsync(TableClient deliveries, int most)
    {
        await foreach (TableEntity row in deliveries.QueryAsync<TableEntity>().Take(most))
        {
            row["Status"] = WireName.Of(DeliveryStatus.Pending);
            await deliveries.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace);
        }
    }

    /// <summary>Everything in an account after a restore, which is restarted if it dies.</summary>
    private async Task<string> RestoredAsync(StorageDeath? death)
    {
        EdgeStorage storage = new(new FakeTimeProvider());
        if (death is not null)
            await Record.ExceptionAsync(() => RestoreAsync(storage, force: false, death));
        await RestoreAsync(storage, force: death is not null, null);
        List<string> rows = [];
        foreach (TableClient table in new Tables(storage.Tables()).All)
            await foreach (TableEntity row in table.QueryAsync<TableEntity>())
                rows.Add($"{table.Name}: {RowText.Write(row)}");
        QueueClient queue = storage.Queues().GetQueueClient(DeliveryQueue.Fast);
        await queue.CreateIfNotExistsAsync();
        while ((await queue.ReceiveMessagesAsync(32)).Value is { Length: > 0 } messages)
            rows.AddRange(messages.Select(message => $"{queue.Name}: {message.MessageText}"));
        // A message that comes twice changes nothing.
        return string.Join('\n', rows.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    private Task<bool> RestoreAsync(EdgeStorage storage, bool force, StorageDeath? death) =>
        new Restore(storage.Tables(death), new DeliveryQueue(storage.Queues(death)), TimeProvider.System, TextWriter.Null).RunAsync(Folder, force, 19, default);
}
