using Azure;
using Azure.Data.Tables;
using Xunit;

namespace CoinPay.Acceptance.Storage;

/// <summary>What the table service promises of queries.</summary>
public abstract class QueryContract(StorageUnderTest storage)
{
    private static readonly DateTimeOffset Instant = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Guid Id = new("0a0b0c0d-0000-1111-2222-333333333333");

    [Fact]
    public async Task Rows_come_in_the_order_of_partition_then_row_by_code_unit()
    {
        TableClient table = await storage.TableAsync();
        foreach ((string partition, string row) in new[] { ("b", "1"), ("a", "é"), ("a", "a"), ("a", "Z"), ("a", "10"), ("a", "9"), ("B", "x"), ("a", "!") })
            await table.AddEntityAsync(new TableEntity(partition, row));
        Assert.Equal("B.x a.! a.10 a.9 a.Z a.a a.é b.1", await KeysAsync(table, null));
    }

    [Theory]
    [InlineData("PartitionKey eq 'a'", "a.1 a.2 a.3")]
    [InlineData("PartitionKey eq 'a' and RowKey ge '2'", "a.2 a.3")]
    [InlineData("PartitionKey eq 'a' and RowKey gt '1' and RowKey lt '3'", "a.2")]
    [InlineData("PartitionKey eq 'a' and RowKey le '2'", "a.1 a.2")]
    [InlineData("PartitionKey ge 'a' and PartitionKey lt 'b'", "a.1 a.2 a.3")]
    [InlineData("PartitionKey gt 'a'", "b.1 b.2")]
    [InlineData("RowKey eq '1'", "a.1 b.1")]
    [InlineData("PartitionKey ne 'a'", "b.1 b.2")]
    [InlineData("PartitionKey eq 'b' or RowKey eq '3'", "a.3 b.1 b.2")]
    [InlineData("PartitionKey eq 'a' and (RowKey eq '1' or RowKey eq '3')", "a.1 a.3")]
    [InlineData("PartitionKey eq 'a' and not (RowKey eq '1')", "a.2 a.3")]
    [InlineData("PartitionKey eq 'b' or PartitionKey eq 'a' and RowKey eq '2'", "a.2 b.1 b.2")]
    [InlineData("PartitionKey eq 'a' and PartitionKey eq 'b'", "")]
    [InlineData("PartitionKey eq 'c'", "")]
    [InlineData("PartitionKey eq 'a' and RowKey gt '3'", "")]
    public async Task Keys_are_filtered(string filter, string found)
    {
        TableClient table = await storage.TableAsync();
        foreach ((string partition, string row) in new[] { ("a", "1"), ("a", "2"), ("a", "3"), ("b", "1"), ("b", "2") })
            await table.AddEntityAsync(new TableEntity(partition, row));
        Assert.Equal(found, await KeysAsync(table, filter));
    }

    [Theory]
    [InlineData("Text eq 'it''s'", "p.high")]
    [InlineData("Text lt 'b'", "p.low")]
    [InlineData("Yes eq true", "p.high")]
    [InlineData("Yes eq false", "p.low")]
    [InlineData("Int eq -5", "p.low")]
    [InlineData("Int gt -5", "p.high")]
    [InlineData("Int ge -5 and Int le 7", "p.high p.low")]
    [InlineData("Long eq 9007199254740993L", "p.high")]
    [InlineData("Long lt 9007199254740993L", "p.low")]
    [InlineData("Double gt 0.25", "p.high")]
    [InlineData("Double le 0.25", "p.low")]
    [InlineData("Instant eq datetime'2026-01-02T03:04:05Z'", "p.low")]
    [InlineData("Instant gt datetime'2026-01-02T03:04:05.0000000Z'", "p.high")]
    [InlineData("Guid eq guid'0a0b0c0d-0000-1111-2222-333333333333'", "p.low")]
    [InlineData("Guid ne guid'0a0b0c0d-0000-1111-2222-333333333333'", "p.high")]
    [InlineData("Bytes eq X'00ff'", "p.low")]
    [InlineData("Bytes eq binary'01ff'", "p.high")]
    [InlineData("Only eq 1", "p.high")]
    [InlineData("Missing eq 'x'", "")]
    public async Task Properties_are_filtered_by_type(string filter, string found)
    {
        TableClient table = await storage.TableAsync();
        await table.AddEntityAsync(new TableEntity("p", "low")
        {
            ["Text"] = "a",
            ["Yes"] = false,
            ["Int"] = -5,
            ["Long"] = 9007199254740992L,
            ["Double"] = 0.25,
            ["Instant"] = Instant,
            ["Guid"] = Id,
            ["Bytes"] = new byte[] { 0, 255 },
        });
        await table.AddEntityAsync(new TableEntity("p", "high")
        {
            ["Text"] = "it's",
            ["Yes"] = true,
            ["Int"] = 7,
            ["Long"] = 9007199254740993L,
            ["Double"] = 0.5,
            ["Instant"] = Instant.AddMilliseconds(1),
            ["Guid"] = Guid.Empty,
            ["Bytes"] = new byte[] { 1, 255 },
            ["Only"] = 1,
        });
        Assert.Equal(found, await KeysAsync(table, filter));
    }

    [Fact]
    public async Task The_clients_own_filters_are_understood()
    {
        TableClient table = await storage.TableAsync();
        await table.AddEntityAsync(new TableEntity("p", "r")
        {
            ["Text"] = "it's",
            ["Long"] = 5L,
            ["Yes"] = true,
            ["Instant"] = Instant,
            ["Guid"] = Id,
            ["Double"] = 0.5,
        });
        string text = "it's", none = "none";
        long five = 5;
        double half = 0.5;
        bool yes = true;
        string filter = TableClient.CreateQueryFilter(
            $"Text eq {text} and Long ge {five} and Yes eq {yes} and Instant eq {Instant} and Guid eq {Id} and Double le {half}");
        Assert.Equal("p.r", await KeysAsync(table, filter));
        string linq = TableClient.CreateQueryFilter<TableEntity>(row => row.PartitionKey == "p" && !(row.RowKey == none));
        Assert.Equal("p.r", await KeysAsync(table, linq));
    }

    [Theory]
    [InlineData("PartitionKey eq")]
    [InlineData("(PartitionKey eq 'a'")]
    [InlineData("PartitionKey eq 'a")]
    [InlineData("PartitionKey like 'a'")]
    public async Task A_filter_that_is_none_is_refused(string filter)
    {
        if (filter == "PartitionKey eq 'a")
            storage.OnlyAsDocumented("Azurite takes a quotation that stays open.");
        TableClient table = await storage.TableAsync();
        await StorageUnderTest.RefusedAsync(400, "InvalidInput", () => KeysAsync(table, filter));
    }

    [Fact]
    public async Task A_filter_of_more_than_15_comparisons_is_refused()
    {
        TableClient table = await storage.TableAsync();
        string Filter(int comparisons) => string.Join(" or ", Enumerable.Repeat("RowKey eq 'r'", comparisons));
        Assert.Equal("", await KeysAsync(table, Filter(15)));
        storage.OnlyAsDocumented("Azurite has no such limit.");
        await StorageUnderTest.RefusedAsync(400, "InvalidInput", () => KeysAsync(table, Filter(16)));
    }

    [Fact]
    public async Task A_page_holds_1000_rows_and_the_next_goes_on_after_it()
    {
        TableClient table = await storage.TableAsync();
        for (int batch = 0; batch < 11; batch++)
            await table.SubmitTransactionAsync(Enumerable.Range(batch * 100, 100).Take(batch == 10 ? 5 : 100).Select(number =>
                new TableTransactionAction(TableTransactionActionType.Add, new TableEntity("it's a key", $"{number:d5}"))));
        List<Page<TableEntity>> pages = await table.QueryAsync<TableEntity>("PartitionKey eq 'it''s a key'").AsPages().ToListAsync();
        Assert.Equal([1000, 5], pages.Select(page => page.Values.Count));
        Assert.Equal(Enumerable.Range(0, 1005).Select(number => $"{number:d5}"), pages.SelectMany(page => page.Values).Select(row => row.RowKey));
        Assert.Null(pages[^1].ContinuationToken);
    }

    [Fact]
    public async Task A_smaller_page_can_be_asked_for_and_gone_on_from()
    {
        TableClient table = await storage.TableAsync();
        foreach (string key in new[] { "a", "b", "c", "d", "e" })
            await table.AddEntityAsync(new TableEntity("p", key));
        Page<TableEntity> first = await table.QueryAsync<TableEntity>("PartitionKey eq 'p'", 2).AsPages().FirstAsync();
        Assert.Equal(["a", "b"], first.Values.Select(row => row.RowKey));
        await table.DeleteEntityAsync("p", "c");
        List<Page<TableEntity>> rest =
            await table.QueryAsync<TableEntity>("PartitionKey eq 'p'", 2).AsPages(first.ContinuationToken).ToListAsync();
        Assert.Equal(["d", "e"], rest.SelectMany(page => page.Values).Select(row => row.RowKey));
    }

    [Fact]
    public async Task A_selection_leaves_the_other_properties_out()
    {
        TableClient table = await storage.TableAsync();
        await table.AddEntityAsync(new TableEntity("p", "r") { ["A"] = 1, ["B"] = 2L });
        TableEntity row = await table.QueryAsync<TableEntity>("PartitionKey eq 'p'", select: ["RowKey", "B"]).FirstAsync();
        Assert.Equal(("r", 2L, false), (row.RowKey, (long)row["B"], row.ContainsKey("A")));
        TableEntity got = await table.GetEntityAsync<TableEntity>("p", "r", ["B"]);
        Assert.Equal((2L, false), ((long)got["B"], got.ContainsKey("A")));
    }

    private static async Task<string> KeysAsync(TableClient table, string? filter) => string.Join(
        ' ', await table.QueryAsync<TableEntity>(filter).Select(row => $"{row.PartitionKey}.{row.RowKey}").ToListAsync());
}

public sealed class MemoryQueryTests() : QueryContract(new MemoryUnderTest());

public sealed class DirectQueryTests() : QueryContract(new MemoryUnderTest(direct: true));

[Collection(AzuriteCollection.Name)]
public sealed class AzuriteQueryTests(AzuriteFixture azurite) : QueryContract(new AzuriteUnderTest(azurite));
