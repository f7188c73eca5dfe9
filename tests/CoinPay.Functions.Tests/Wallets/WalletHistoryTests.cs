using System.Net;
using CoinPay.Chains;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Wallets;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Gateway;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Xunit;

namespace CoinPay.Functions.Tests.Wallets;

/// <summary>From which index on a wallet gives out addresses, and how the gateway finds out.</summary>
public sealed class WalletHistoryTests
{
    private const string Network = "bitcoin-regtest";
    private readonly EdgeStorage _storage = new();
    private readonly QuietNode _node = new(Edge.Regtest);

    [Fact]
    public async Task A_key_that_was_never_used_starts_at_the_first_address()
    {
        _node.History = static (_, _) => new([], Next: null, IsWhole: true);
        await using Edge edge = await StartAsync();
        EdgeAnswer put = (await PutAsync(edge)).Expect(HttpStatusCode.OK);
        Assert.Equal(("in_force", "scanned", "0"), (put["status"], put["history"], put["start_index"]));
        Assert.Equal(0, await TakeAsync(edge));
    }

    [Fact]
    public async Task A_key_in_use_starts_beyond_its_last_paid_address_and_those_that_may_have_been_given_out()
    {
        _node.History = static (_, _) => new([3, 7, 5], Next: null, IsWhole: true);
        await using Edge edge = await StartAsync();
        Assert.Equal("27", (await PutAsync(edge)).Expect(HttpStatusCode.OK)["start_index"]);
        Assert.Equal(27, await TakeAsync(edge));
    }

    [Fact]
    public async Task A_long_history_is_read_in_parts_and_a_window_that_fills_up_is_moved_before_it_goes_on()
    {
        List<(string First, long From)> read = [];
        _node.History = (addresses, from) =>
        {
            read.Add((addresses[0], from));
            return new(read.Count == 2 ? [990] : read.Count == 3 ? [10] : [], from < 100 ? from + 100 : null, IsWhole: true);
        };
        await using Edge edge = await StartAsync();
        Assert.Equal($"{990 + 1 + 10 + 1 + 19}", (await PutAsync(edge)).Expect(HttpStatusCode.OK)["start_index"]);
        Assert.Equal([0, 100, 100], read.Select(part => part.From));
        Assert.Equal(2, read.Select(part => part.First).Distinct().Count());
    }

    [Fact]
    public async Task While_the_history_is_unknown_the_wallet_is_pending_and_gives_out_no_address_until_the_node_answers()
    {
        _node.IsSilent = true;
        await using Edge edge = await StartAsync();
        (string id, string counter) = await MerchantAsync(edge);
        EdgeAnswer put = (await PutAsync(edge, id)).Expect(HttpStatusCode.OK);
        Assert.Equal(("pending", "scanning", ""), (put["status"], put["history"], put["start_index"]));
        await RequirePendingAsync(edge, id, counter);

        await edge.Function<ScanHistories>().Run(new(), default);
        await RequirePendingAsync(edge, id, counter);
        (_node.IsSilent, _node.History) = (false, static (_, _) => new([0], Next: null, IsWhole: true));
        await edge.Function<ScanHistories>().Run(new(), default);
        Assert.Equal(20, await TakeAsync(edge, id, counter));
        EdgeAnswer listed = await edge.CallAsync<ListWallets>((function, request) => function.Run(request, id, default), Edge.OperatorKey);
        Assert.Equal("in_force", listed.Json.GetProperty("data")[0].GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_stated_index_ends_the_search_and_never_goes_back()
    {
        _node.IsSilent = true;
        await using Edge edge = await StartAsync();
        (string id, string counter) = await MerchantAsync(edge);
        await PutAsync(edge, id);
        EdgeAnswer put = (await PutAsync(edge, id, 40)).Expect(HttpStatusCode.OK);
        Assert.Equal(("in_force", "stated", "40"), (put["status"], put["history"], put["start_index"]));
        Assert.Equal(40, await TakeAsync(edge, id, counter));
        await PutAsync(edge, id, 3);
        Assert.Equal(41, await TakeAsync(edge, id, counter));
        await PutAsync(edge, id, 1_000);
        await using Edge other = await StartAsync();
        Assert.Equal(1_000, await TakeAsync(other, id, counter));
    }

    [Fact]
    public async Task A_node_that_cannot_show_history_lets_a_test_network_go_on_beyond_what_is_still_there_with_a_warning()
    {
        _node.History = static (_, _) => new([4], Next: null, IsWhole: false);
        await using Edge edge = await StartAsync();
        EdgeAnswer put = (await PutAsync(edge)).Expect(HttpStatusCode.OK);
        Assert.Equal(("in_force", "unread", "24"), (put["status"], put["history"], put["start_index"]));
        Assert.Contains("start_index", put["history_note"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_cannot_show_history_makes_a_live_network_require_the_index_and_keeps_nothing()
    {
        QuietNode live = new(Edge.Regtest with { Livemode = true });
        await using Edge edge = await StartAsync(live);
        (string id, _) = await MerchantAsync(edge, isLive: true);
        EdgeAnswer refused = (await PutAsync(edge, id)).ExpectProblem(HttpStatusCode.UnprocessableEntity, "start_index_required");
        Assert.Contains("block filter index", refused["detail"], StringComparison.Ordinal);
        EdgeAnswer listed = await edge.CallAsync<ListWallets>((function, request) => function.Run(request, id, default), Edge.OperatorKey);
        Assert.Empty(listed.Json.GetProperty("data").EnumerateArray());
        Assert.Equal("5", (await PutAsync(edge, id, 5)).Expect(HttpStatusCode.OK)["start_index"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_search_cut_short_at_any_write_goes_on_and_comes_to_the_same(bool before)
    {
        _node.History = static (_, from) => new(from == 0 ? [2] : [], from < 200 ? from + 100 : null, IsWhole: true);
        int deaths = 0;
        for (bool died = true; died; deaths += died ? 1 : 0)
        {
            EdgeStorage storage = new();
            await using Edge edge = await Edge.StartAsync(storage, change: Use);
            (string id, string counter) = await MerchantAsync(edge);
            await using (Edge doomed = await Edge.StartAsync(storage, new StorageDeath(deaths + 1, before), edge.Clock, Use))
                died = await Record.ExceptionAsync(() => PutAsync(doomed, id)) is not null;
            await edge.Function<ScanHistories>().Run(new(), default);
            (await PutAsync(edge, id)).Expect(HttpStatusCode.OK);
            Assert.Equal(22, await TakeAsync(edge, id, counter));
            Assert.Null(await edge.Tables.Chains.FindAsync(HistoryScan.Partition, counter, default));
        }
        Assert.True(deaths >= 5, $"{deaths} writes were tried");
    }

    [Fact]
    public async Task One_search_that_fails_does_not_stop_another()
    {
        _node.IsSilent = true;
        await using Edge edge = await StartAsync();
        (string id, string counter) = await MerchantAsync(edge);
        await PutAsync(edge, id);
        HistoryScan broken = new() { MerchantId = id, Network = Network, Fields = new Dictionary<string, string>(StringComparer.Ordinal), Counter = "0" };
        await edge.Tables.Chains.AddEntityAsync(broken.ToRow());
        (_node.IsSilent, _node.History) = (false, static (_, _) => new([], Next: null, IsWhole: true));
        await edge.Function<ScanHistories>().Run(new(), default);
        Assert.Equal(0, await TakeAsync(edge, id, counter));
    }

    [Fact]
    public async Task Two_gateways_that_search_at_once_come_to_one_start()
    {
        _node.IsSilent = true;
        await using Edge first = await StartAsync();
        await using Edge second = await StartAsync();
        (string id, string counter) = await MerchantAsync(first);
        await PutAsync(first, id);
        (_node.IsSilent, _node.History) = (false, static (_, from) => new(from == 0 ? [2] : [], from < 500 ? from + 100 : null, IsWhole: true));
        await Task.WhenAll(
            first.Function<ScanHistories>().Run(new(), default), second.Function<ScanHistories>().Run(new(), default));
        await first.Function<ScanHistories>().Run(new(), default);
        Assert.Equal(22, await TakeAsync(second, id, counter));
    }

    private static async Task RequirePendingAsync(Edge edge, string id, string counter)
    {
        ProblemException refused = await Assert.ThrowsAsync<ProblemException>(
            () => edge.Get<AddressIndexes>().RequireStartedAsync(id, counter, default));
        Assert.Equal("wallet_pending", refused.Problem.Kind.Code);
        await Assert.ThrowsAsync<ProblemException>(() => TakeAsync(edge, id, counter));
    }

    private Task<Edge> StartAsync() => Edge.StartAsync(_storage, change: Use);

    private Task<Edge> StartAsync(QuietNode node) => Edge.StartAsync(
        _storage, change: services => services.Replace(ServiceDescriptor.Singleton(new ChainDirectory([node])))
            .Replace(ServiceDescriptor.Singleton(new Networks([node.Network]))));

    private void Use(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton(new ChainDirectory([_node])));

    private static async Task<(string Id, string Counter)> MerchantAsync(Edge edge, bool isLive = false)
    {
        (string id, _) = await edge.MerchantAsync(isLive);
        WalletKey key = Edge.Regtest.Family.WalletKind.Read(
            Edge.Regtest, new Dictionary<string, string>(StringComparer.Ordinal) { ["xpub"] = PrivateTexts.PublicTpub }, static (_, _) => { })!;
        return (id, AddressIndexes.CounterOf(key.Canonical!, Network));
    }

    private static async Task<EdgeAnswer> PutAsync(Edge edge) => await PutAsync(edge, (await MerchantAsync(edge)).Id);

    private static Task<EdgeAnswer> PutAsync(Edge edge, string id, int? startIndex = null) => edge.CallAsync<PutWallet>(
        (function, request) => function.Run(request, id, Network, default), Edge.OperatorKey,
        new { kind = "xpub", xpub = PrivateTexts.PublicTpub, start_index = startIndex });

    /// <summary>The next index of the only merchant that holds the key.</summary>
    private static async Task<long> TakeAsync(Edge edge)
    {
        (_, string counter) = await MerchantAsync(edge);
        await foreach (Azure.Data.Tables.TableEntity row in edge.Tables.Merchants.QueryAsync<Azure.Data.Tables.TableEntity>())
            if (AddressIndexes.IsCounter(row))
                return await TakeAsync(edge, row.PartitionKey, counter);
        throw new InvalidOperationException("no counter");
    }

    private static Task<long> TakeAsync(Edge edge, string id, string counter) =>
        edge.Get<AddressIndexes>().TakeAsync(id, Network, counter, default);
}
