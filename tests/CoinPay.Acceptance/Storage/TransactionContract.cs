using Azure;
using Azure.Data.Tables;
using Xunit;
using static Azure.Data.Tables.TableTransactionActionType;

namespace CoinPay.Acceptance.Storage;

/// <summary>What the table service promises of entity-group transactions.</summary>
public abstract class TransactionContract(StorageUnderTest storage)
{
    [Fact]
    public async Task A_transaction_does_every_kind_of_write_and_gives_each_rows_etag()
    {
        TableClient table = await storage.TableAsync();
        foreach (string key in new[] { "merged", "replaced", "deleted" })
            await table.AddEntityAsync(new TableEntity("p", key) { ["A"] = 1 });
        Response<IReadOnlyList<Response>> done = await table.SubmitTransactionAsync(
        [
            new(Add, Row("added")),
            new(UpdateMerge, Row("merged"), ETag.All),
            new(UpdateReplace, Row("replaced"), ETag.All),
            new(UpsertMerge, Row("upserted")),
            new(UpsertReplace, Row("put")),
            new(Delete, Row("deleted"), ETag.All),
        ]);
        Assert.Equal([204, 204, 204, 204, 204, 204], done.Value.Select(response => response.Status));
        Assert.Equal("added=2 merged=1+2 put=2 replaced=2 upserted=2", await ContentsAsync(table));
        TableEntity added = await table.GetEntityAsync<TableEntity>("p", "added");
        Assert.Equal(added.ETag, done.Value[0].Headers.ETag);
    }

    [Theory]
    [InlineData("add", 409, "EntityAlreadyExists")]
    [InlineData("stale", 412, "UpdateConditionNotSatisfied")]
    [InlineData("missing", 404, "ResourceNotFound")]
    [InlineData("gone", 404, "ResourceNotFound")]
    public async Task A_transaction_that_fails_anywhere_does_nothing_and_says_where(string what, int status, string code)
    {
        TableClient table = await storage.TableAsync();
        ETag stale = (await table.AddEntityAsync(new TableEntity("p", "stands") { ["A"] = 1 })).Headers.ETag!.Value;
        await storage.PassAsync(TimeSpan.FromMilliseconds(2));
        await table.UpsertEntityAsync(new TableEntity("p", "stands") { ["A"] = 1 });
        TableTransactionAction wrong = what switch
        {
            "add" => new(Add, Row("stands")),
            "stale" => new(UpdateReplace, Row("stands"), stale),
            "missing" => new(UpdateMerge, Row("missing"), ETag.All),
            _ => new(Delete, Row("missing"), ETag.All),
        };
        RequestFailedException refused = await StorageUnderTest.RefusedAsync(
            status, code, () => table.SubmitTransactionAsync([new(Add, Row("first")), wrong, new(Add, Row("last"))]));
        Assert.Equal(1, Assert.IsType<TableTransactionFailedException>(refused).FailedTransactionActionIndex);
        Assert.Equal("stands=1", await ContentsAsync(table));
    }

    [Fact]
    public async Task A_transaction_without_an_etag_changes_a_row_whatever_it_is_now()
    {
        TableClient table = await storage.TableAsync();
        await table.AddEntityAsync(Row("deleted"));
        await table.AddEntityAsync(Row("merged"));
        TableEntity deleted = await table.GetEntityAsync<TableEntity>("p", "deleted");
        TableEntity merged = await table.GetEntityAsync<TableEntity>("p", "merged");
        await storage.PassAsync(TimeSpan.FromMilliseconds(2));
        foreach (string key in new[] { "deleted", "merged" })
            await table.UpsertEntityAsync(new TableEntity("p", key) { ["A"] = 1 });
        merged["B"] = 3;
        await table.SubmitTransactionAsync([new(Delete, deleted), new(UpdateMerge, merged)]);
        Assert.Equal("merged=1+3", await ContentsAsync(table));
    }

    [Fact]
    public async Task A_transaction_holds_100_rows_and_no_more()
    {
        TableClient table = await storage.TableAsync();
        IEnumerable<TableTransactionAction> Adds(string prefix, int count) =>
            Enumerable.Range(0, count).Select(number => new TableTransactionAction(Add, Row($"{prefix}{number}")));
        await table.SubmitTransactionAsync(Adds("a", 100));
        storage.OnlyAsDocumented("Azurite's refusal is no batch that the client could read.");
        RequestFailedException refused = await StorageUnderTest.RefusedAsync(
            400, "InvalidInput", () => table.SubmitTransactionAsync(Adds("b", 101)));
        Assert.Equal(100, (await table.QueryAsync<TableEntity>().ToListAsync()).Count);
        Assert.Equal(100, Assert.IsType<TableTransactionFailedException>(refused).FailedTransactionActionIndex);
    }

    [Fact]
    public async Task A_transaction_holds_four_mebibytes_and_no_more()
    {
        TableClient table = await storage.TableAsync();
        TableTransactionAction Large(int number)
        {
            TableEntity row = new("p", $"{number}");
            for (int property = 0; property < 12; property++)
                row["Text" + property] = new string('x', 32 * 1024);
            return new(Add, row);
        }
        await table.SubmitTransactionAsync(Enumerable.Range(0, 10).Select(Large));
        await StorageUnderTest.RefusedAsync(
            413, "RequestBodyTooLarge", () => table.SubmitTransactionAsync(Enumerable.Range(10, 11).Select(Large)));
        Assert.Equal(10, (await table.QueryAsync<TableEntity>().ToListAsync()).Count);
    }

    [Fact]
    public async Task A_transaction_is_of_one_partition()
    {
        storage.OnlyAsDocumented("Azurite commits a batch over two partitions.");
        TableClient table = await storage.TableAsync();
        await StorageUnderTest.RefusedAsync(400, "CommandsInBatchActOnDifferentPartitions", () => table.SubmitTransactionAsync(
            [new(Add, Row("a")), new(Add, new TableEntity("other", "b"))]));
        Assert.Equal("", await ContentsAsync(table));
    }

    [Fact]
    public async Task A_transaction_names_no_row_twice()
    {
        TableClient table = await storage.TableAsync();
        RequestFailedException refused = await StorageUnderTest.RefusedAsync(400, "InvalidDuplicateRow", () => table.SubmitTransactionAsync(
            [new(Add, Row("a")), new(Add, Row("b")), new(UpsertMerge, Row("a"))]));
        Assert.Equal("", await ContentsAsync(table));
        Assert.Equal(2, Assert.IsType<TableTransactionFailedException>(refused).FailedTransactionActionIndex);
    }

    [Fact]
    public async Task A_row_of_a_transaction_obeys_the_limits_too()
    {
        TableClient table = await storage.TableAsync();
        TableEntity tooLarge = new("p", "large") { ["Text"] = new string('x', (32 * 1024) + 1) };
        await StorageUnderTest.RefusedAsync(
            400, "PropertyValueTooLarge", () => table.SubmitTransactionAsync([new(Add, Row("a")), new(Add, tooLarge)]));
        Assert.Equal("", await ContentsAsync(table));
    }

    [Fact]
    public async Task Types_and_signs_survive_a_transaction()
    {
        TableClient table = await storage.TableAsync();
        TableEntity row = new("it's é", "a b+c%20") { ["Long"] = 5L, ["Text"] = "--changeset\r\n\r\n{é}", ["Bytes"] = new byte[] { 1 }, ["Whole"] = 2.0 };
        await table.SubmitTransactionAsync([new(Add, row)]);
        await table.SubmitTransactionAsync([new(UpdateMerge, new TableEntity("it's é", "a b+c%20") { ["More"] = 1 }, ETag.All)]);
        TableEntity read = await table.GetEntityAsync<TableEntity>("it's é", "a b+c%20");
        Assert.Equal((5L, "--changeset\r\n\r\n{é}", 2.0, 1), ((long)read["Long"], (string)read["Text"], (double)read["Whole"], (int)read["More"]));
        Assert.Equal(new byte[] { 1 }, read.GetBinary("Bytes"));
    }

    private static TableEntity Row(string key) => new("p", key) { ["B"] = 2 };

    private static async Task<string> ContentsAsync(TableClient table) => string.Join(' ', await table.QueryAsync<TableEntity>()
        .Select(row => row.RowKey + "=" + string.Join('+', new[] { "A", "B" }.Where(row.ContainsKey).Select(name => row[name])))
        .ToListAsync());
}

public sealed class MemoryTransactionTests() : TransactionContract(new MemoryUnderTest());

public sealed class DirectTransactionTests() : TransactionContract(new MemoryUnderTest(direct: true));

[Collection(AzuriteCollection.Name)]
public sealed class AzuriteTransactionTests(AzuriteFixture azurite) : TransactionContract(new AzuriteUnderTest(azurite));
