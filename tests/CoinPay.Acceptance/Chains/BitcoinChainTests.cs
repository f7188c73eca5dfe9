using CoinPay.Chains;
using CoinPay.Chains.Bitcoin;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Nodes;
using Xunit;

namespace CoinPay.Acceptance.Chains;

/// <summary>The Bitcoin adapter on a real bitcoind.</summary>
public sealed class BitcoinChainTests : IAsyncLifetime
{
    private Bitcoind _node = null!;
    private BitcoinChain _chain = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await Bitcoind.StartAsync();
        _chain = Chain(_node.Rpc);
        await MempoolAsync();
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task The_head_is_the_best_block()
    {
        ChainHead head = await _chain.ReadHeadAsync(CancellationToken.None);
        Assert.Equal(101, head.Height);
        Assert.Equal((await _node.CallAsync("getbestblockhash")).GetString(), head.Hash);
        Assert.Equal(head.Hash, await _chain.ReadBlockHashAsync(101, CancellationToken.None));
        Assert.Null(await _chain.ReadBlockHashAsync(102, CancellationToken.None));
        Assert.Null(head.Finalized);
        Assert.InRange(head.Time, DateTimeOffset.UtcNow.AddHours(-3), DateTimeOffset.UtcNow.AddHours(3));
    }

    [Fact]
    public async Task A_payment_is_seen_in_the_mempool_and_then_in_its_block()
    {
        string address = await _node.NewAddressAsync();
        string recipient = _chain.RecipientOf(address);
        string transaction = await _node.PayAsync(address, 0.12345678m);

        ChainTransfer waiting = Assert.Single(await MempoolAsync(recipient));
        Assert.Equal(12_345_678, waiting.Amount);
        Assert.Equal(transaction, waiting.TransactionHash);
        Assert.Equal(recipient, waiting.Recipient);
        Assert.Equal(waiting, Assert.Single(await MempoolAsync(recipient)));

        string block = Assert.Single(await _node.MineAsync());
        Assert.Empty(await MempoolAsync(recipient));
        ChainBlock mined = Assert.Single(await BlocksAsync(102, 102, recipient));
        Assert.Equal(block, mined.Hash);
        Assert.InRange(waiting.EnteredAt!.Value, DateTimeOffset.UtcNow.AddMinutes(-2), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal(waiting with { EnteredAt = null }, Assert.Single(mined.Transfers));
    }

    [Fact]
    public async Task A_watch_that_is_loaded_after_the_payment_was_listed_still_finds_it()
    {
        string recipient = _chain.RecipientOf(await PaidAsync());
        Assert.Empty(await _chain.ReadMempoolAsync(static _ => false, CancellationToken.None));
        Assert.Single(await MempoolAsync(recipient));
    }

    [Fact]
    public async Task What_a_payment_spends_is_known_and_so_is_who_spends_it_instead()
    {
        await _node.MineAsync(9);
        Coin coin = await _node.TakeCoinAsync();
        string spent = Outpoints.Name(coin.TransactionId, coin.Number);
        string address = await _node.NewAddressAsync();
        string recipient = _chain.RecipientOf(address);
        string payment = await _node.SendAsync(coin, 0.0005m, (address, 1));
        ChainTransfer paid = Assert.Single(await MempoolAsync(recipient, spent));
        Assert.Equal((Outpoints.Of([spent]), false), (paid.Inputs, paid.HasConflict));
        Assert.Equal([new Spend(spent, payment)], _chain.SpendsInMempool(spent.Equals));

        string instead = await _node.SendAsync(coin, 0.005m, (address, 1));
        ChainTransfer rival = Assert.Single(await MempoolAsync(recipient, spent));
        Assert.Equal((instead, true), (rival.TransactionHash, rival.HasConflict));
        Assert.Equal([new Spend(spent, instead)], _chain.SpendsInMempool(spent.Equals));

        await _node.MineAsync();
        ChainBlock block = Assert.Single(await BlocksAsync(111, 111, recipient, spent));
        Assert.Equal([new Spend(spent, instead)], block.Spends);
        Assert.Equal(paid.Inputs, Assert.Single(block.Transfers).Inputs);
    }

    [Fact]
    public async Task A_payment_from_the_change_of_a_replacement_has_a_conflict_and_one_from_other_change_has_none()
    {
        await _node.MineAsync(9);
        Coin contested = await _node.TakeCoinAsync(), quiet = await _node.TakeCoinAsync();
        string address = await _node.NewAddressAsync(), change = await _node.NewAddressAsync();
        string recipient = _chain.RecipientOf(address);
        await _node.SendAsync(contested, 0.0005m, (change, 1));
        string parent = await _node.SendAsync(quiet, 0.0005m, (change, 1));
        Assert.Empty(await MempoolAsync(recipient));
        string replacement = await _node.SendAsync(contested, 0.005m, (change, 1));
        string doubtful = await SpendAsync(replacement, change, address), good = await SpendAsync(parent, change, address);

        Dictionary<string, ChainTransfer> seen =
            (await MempoolAsync(recipient)).ToDictionary(transfer => transfer.TransactionHash, StringComparer.Ordinal);
        Assert.Equal((true, false), (seen[doubtful].HasConflict, seen[good].HasConflict));
        Assert.False(seen[good].IsDoubtful);
        ChainTransfer[] later = [.. await Chain(_node.Rpc).ReadMempoolAsync(recipient.Equals, CancellationToken.None)];
        Assert.All(later, transfer => Assert.True(transfer.IsDoubtful));
    }

    [Fact]
    public async Task A_coinbase_is_known_as_one_and_another_payment_is_not()
    {
        string address = await _node.NewAddressAsync();
        await _node.PayAsync(address, 1);
        await _node.CallAsync("generatetoaddress", 1, address);
        ChainBlock block = Assert.Single(await BlocksAsync(102, 102, _chain.RecipientOf(address)));
        Assert.Equal([100, 0], block.Transfers.Select(transfer => transfer.Maturity));
    }

    [Fact]
    public async Task Two_outputs_of_one_transaction_are_two_transfers()
    {
        string first = await _node.NewAddressAsync(), second = await _node.NewAddressAsync();
        Dictionary<string, decimal> amounts = new(StringComparer.Ordinal) { [first] = 0.1m, [second] = 0.2m };
        await _node.CallAsync("sendmany", "", amounts);
        await _node.MineAsync();

        string[] watched = [_chain.RecipientOf(first), _chain.RecipientOf(second)];
        IReadOnlyList<ChainTransfer> transfers = Assert.Single(await BlocksAsync(102, 102, watched)).Transfers;
        Assert.Equal(2, transfers.Select(transfer => transfer.Key).Distinct().Count());
        Assert.Equal([10_000_000, 20_000_000], transfers.Select(transfer => (long)transfer.Amount).Order());
    }

    [Fact]
    public async Task Every_kind_of_address_is_matched()
    {
        foreach (string kind in (string[])["legacy", "p2sh-segwit", "bech32", "bech32m"])
        {
            string address = (await _node.CallAsync("getnewaddress", "", kind)).GetString()!;
            string script = (await _node.CallAsync("getaddressinfo", address)).GetProperty("scriptPubKey").GetString()!;
            Assert.Equal(script, _chain.RecipientOf(address));
        }
    }

    [Fact]
    public async Task Blocks_come_whole_and_linked()
    {
        IReadOnlyList<ChainBlock> blocks = await BlocksAsync(0, 101);
        Assert.Equal(102, blocks.Count);
        Assert.All(
            Enumerable.Range(1, 101), height => Assert.Equal(blocks[height - 1].Hash, blocks[height].ParentHash));
    }

    [Fact]
    public async Task A_reorg_shows_in_the_hashes()
    {
        string recipient = _chain.RecipientOf(await PaidAsync());
        await _node.MineAsync();
        ChainBlock before = Assert.Single(await BlocksAsync(102, 102, recipient));
        await _node.CallAsync("invalidateblock", before.Hash);
        string elsewhere = await _node.NewAddressAsync();
        await _node.CallAsync("generateblock", elsewhere, Array.Empty<string>());
        await _node.CallAsync("generateblock", elsewhere, Array.Empty<string>());

        Assert.NotEqual(before.Hash, await _chain.ReadBlockHashAsync(102, CancellationToken.None));
        Assert.All(await BlocksAsync(102, 103, recipient), block => Assert.Empty(block.Transfers));
        Assert.Equal(before.Transfers, (await MempoolAsync(recipient)).Select(transfer => transfer with { EnteredAt = null }));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(101)]
    public async Task A_head_that_moves_to_another_branch_before_its_blocks_are_read_is_unknown(long from)
    {
        ChainHead head = await _chain.ReadHeadAsync(CancellationToken.None);
        await _node.CallAsync("invalidateblock", head.Hash);
        await _node.CallAsync("generateblock", await _node.NewAddressAsync(), Array.Empty<string>());
        await Assert.ThrowsAsync<ChainUnknownException>(() => BlocksAsync(from, 101));
        await _chain.ReadHeadAsync(CancellationToken.None);
        Assert.NotEqual(head.Hash, (await BlocksAsync(from, 101))[^1].Hash);
    }

    [Fact]
    public async Task What_the_node_cannot_say_is_unknown()
    {
        await Assert.ThrowsAsync<ChainUnknownException>(() => BlocksAsync(101, 102));
        await Assert.ThrowsAsync<ChainUnknownException>(
            () => Chain(_node.Rpc, password: "wrong").ReadHeadAsync(CancellationToken.None));
        await Assert.ThrowsAsync<ChainUnknownException>(
            () => Chain(_node.Rpc, "bip122:000000000019d6689c085ae165831e93").ReadHeadAsync(CancellationToken.None));
        await _node.KillAsync();
        await Assert.ThrowsAsync<ChainUnknownException>(() => _chain.ReadHeadAsync(CancellationToken.None));
        await Assert.ThrowsAsync<ChainUnknownException>(() => BlocksAsync(1, 2));
        await Assert.ThrowsAsync<ChainUnknownException>(() => MempoolAsync("00"));
    }

    private static BitcoinChain Chain(
        Uri rpc, string id = "bip122:0f9188f13cb7b2c71f2a335e3a4fc328", string password = Bitcoind.Password) =>
        new(TestNetworks.Bitcoin(rpc, id: id), TestNetworks.Http, TestNetworks.Credentials(password), TimeProvider.System);

    /// <summary>Pays an address with an unconfirmed output of the payer's.</summary>
    private async Task<string> SpendAsync(string transaction, string from, string to)
    {
        Coin coin = (await _node.OutputToAsync(transaction, from)) with { IsMerchants = false };
        return await _node.SendAsync(coin, 0.0005m, (to, 0.5m));
    }

    private async Task<string> PaidAsync()
    {
        string address = await _node.NewAddressAsync();
        await _node.PayAsync(address, 1);
        return address;
    }

    private Task<IReadOnlyList<ChainTransfer>> MempoolAsync(params string[] watched) =>
        _chain.ReadMempoolAsync(watched.Contains, CancellationToken.None);

    private Task<IReadOnlyList<ChainBlock>> BlocksAsync(long from, long to, params string[] watched) =>
        _chain.ReadBlocksAsync(from, to, 0, watched.Contains, CancellationToken.None);
}
