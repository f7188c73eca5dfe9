using Azure.Data.Tables;
using CoinPay.Cli;
using CoinPay.Functions.Access;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Wallets;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Testing.Gateway;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Simulation.Cli;

/// <summary>A restore asks how many addresses to skip, proposes a number, and lists what it may have undone.</summary>
public sealed class RestoreChoiceTests : IDisposable
{
    private const string Merchant = "mer_01jdc3m6x8q2r4s6t8v0w2y4z6";
    private readonly string _folder = Directory.CreateTempSubdirectory("backup-").FullName;
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly EdgeStorage _from = new(), _to = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Without_a_number_nothing_is_restored_and_the_order_rate_and_the_backups_age_make_a_proposal()
    {
        await BackUpAsync(orders: [30, 30, 31, 55], hasCounter: true);
        _clock.Advance(TimeSpan.FromHours(48));
        RefusedException refused = await Assert.ThrowsAsync<RefusedException>(() => RestoreAsync(null));
        // Three orders on the busiest day, two days, twice that, and 19.
        Assert.Contains("--skip-addresses=31.", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        await Assert.ThrowsAnyAsync<Azure.RequestFailedException>(async () => await RowsAsync(new Tables(_to.Tables()).Merchants));
    }

    [Theory]
    [InlineData(0, 7)]
    [InlineData(31, 38)]
    public async Task A_stated_number_is_skipped_by_every_counter(int skip, long next)
    {
        await BackUpAsync(orders: [], hasCounter: true);
        await RestoreAsync(skip);
        Tables tables = new(_to.Tables());
        AddressIndexes indexes = new(tables, null!, _clock);
        Assert.Equal(next, await indexes.TakeAsync(Merchant, "bitcoin-regtest", "key", default));
    }

    [Fact]
    public async Task A_search_that_had_not_ended_skips_as_many_addresses_when_it_does()
    {
        await BackUpAsync(orders: [], hasCounter: false);
        await Assert.ThrowsAsync<RefusedException>(() => RestoreAsync(null));
        await RestoreAsync(31);
        TableEntity row = Assert.Single(await RowsAsync(new Tables(_to.Tables()).Chains));
        Assert.Equal(31, HistoryScan.Read(row).Skip);
    }

    [Fact]
    public async Task Keys_that_work_again_and_wallets_that_receive_again_are_listed()
    {
        Tables tables = await BackUpAsync(orders: [], hasCounter: true, folder: null);
        await tables.Merchants.AddEntityAsync(KeyRow("key_working", revokedAt: null));
        await tables.Merchants.AddEntityAsync(KeyRow("key_revoked", revokedAt: _clock.GetUtcNow()));
        Wallet wallet = new()
        {
            Network = "polygon",
            Kind = "forwarder",
            Fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["settlement_address"] = "0xf39F" },
            Identity = "0xf39F",
            EffectiveAt = _clock.GetUtcNow(),
        };
        await tables.Merchants.AddEntityAsync(WalletRows.Write(Merchant, "polygon", new(wallet, null)));
        await new Backup(_from.Tables(), TextWriter.Null).RunAsync(Folder, default);
        string said = await RestoreAsync(5);
        Assert.Contains("CHECK AGAIN", said, StringComparison.Ordinal);
        Assert.Contains("1 API keys that work", said, StringComparison.Ordinal);
        Assert.Contains("key_working", said, StringComparison.Ordinal);
        Assert.DoesNotContain("key_revoked", said, StringComparison.Ordinal);
        Assert.Contains("polygon: 0xf39F", said, StringComparison.Ordinal);
    }

    private BackupFolder Folder => new(Path.Combine(_folder, "backup"));

    private Task<Tables> BackUpAsync(int[] orders, bool hasCounter) => BackUpAsync(orders, hasCounter, Folder);

    /// <param name="orders">How many hours before the backup each was created.</param>
    private async Task<Tables> BackUpAsync(int[] orders, bool hasCounter, BackupFolder? folder)
    {
        Tables tables = new(_from.Tables());
        await tables.EnsureCreatedAsync(default);
        if (hasCounter)
            await new AddressIndexes(tables, null!, _clock).StartAsync(Merchant, "key", new(7, WalletHistory.Scanned), default);
        else
            await tables.Chains.AddEntityAsync(new HistoryScan
            {
                MerchantId = Merchant,
                Network = "bitcoin-regtest",
                Fields = new Dictionary<string, string>(StringComparer.Ordinal),
                Counter = "key",
            }.ToRow());
        foreach (int hours in orders)
            await tables.Watches.AddEntityAsync(new TableEntity(
                "bitcoin-regtest!0", "watch!" + Id.New("inv", _clock.GetUtcNow().AddHours(-hours)))
            {
                ["Counter"] = "key",
                ["Index"] = 1L,
            });
        if (folder is not null)
            await new Backup(_from.Tables(), TextWriter.Null).RunAsync(folder, default);
        return tables;
    }

    private async Task<string> RestoreAsync(int? skip)
    {
        using StringWriter output = new();
        await new Restore(_to.Tables(), new DeliveryQueue(_to.Queues()), _clock, output).RunAsync(Folder, force: false, skip, default);
        return output.ToString();
    }

    private static async Task<List<TableEntity>> RowsAsync(TableClient table)
    {
        List<TableEntity> rows = [];
        await foreach (TableEntity row in table.QueryAsync<TableEntity>())
            rows.Add(row);
        return rows;
    }

    private TableEntity KeyRow(string id, DateTimeOffset? revokedAt) => ApiKeyRows.Write(Merchant, new()
    {
        Id = id,
        Hint = "cp_test_x",
        Hash = [1],
        Livemode = false,
        Scopes = Scope.InvoicesRead,
        CreatedAt = _clock.GetUtcNow(),
        RevokedAt = revokedAt,
    });
}
