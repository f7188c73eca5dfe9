using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Storage;
using Xunit;

namespace CoinPay.Functions.Tests.Invoices;

/// <summary>An invoice's partition, in memory.</summary>
public sealed class InvoiceStoreTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("receipt!1")]
    [InlineData("transfers")]
    public async Task A_row_of_an_unknown_kind_is_a_bug_and_not_overlooked(string row)
    {
        (Tables tables, InvoiceStore store, Invoice made) = await MadeAsync();
        Assert.Equal(made.Terms.Id, (await store.FindAsync(made.Terms.MerchantId, made.Terms.Id, default))!.State.Terms.Id);

        string partition = Key.Of(made.Terms.MerchantId, made.Terms.Id);
        await tables.Invoices.AddEntityAsync(new TableEntity(partition, row));
        BugException bug = await Assert.ThrowsAsync<BugException>(() => store.FindAsync(made.Terms.MerchantId, made.Terms.Id, default));
        Assert.Contains(row, bug.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_of_nothing_is_a_bug()
    {
        (_, InvoiceStore store, Invoice made) = await MadeAsync();
        var stored = await store.FindAsync(made.Terms.MerchantId, made.Terms.Id, default);
        await Assert.ThrowsAsync<BugException>(() => store.CommitAsync(stored, [], chain: null, answer: null, default));
    }

    private static async Task<(Tables Tables, InvoiceStore Store, Invoice Made)> MadeAsync()
    {
        Tables tables = new(new MemoryStorage(TimeProvider.System).TableService());
        await tables.EnsureCreatedAsync(default);
        InvoiceStore store = new(tables, new([]));
        InvoiceTerms terms = Stage.TermsOf(new("mer_1", "inv_1", "anvil"));
        return (tables, store, (await store.CommitAsync(null, [new InvoiceCreated(terms, At)], null, answer: null, default)).State);
    }
}
