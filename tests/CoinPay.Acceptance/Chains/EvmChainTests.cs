using System.Numerics;
using CoinPay.Chains;
using CoinPay.Chains.Evm;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Nodes;
using Xunit;

namespace CoinPay.Acceptance.Chains;

/// <summary>The EVM adapter on a real anvil.</summary>
public sealed class EvmChainTests : IAsyncLifetime
{
    private const string Payer = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
    private const string Invoice = "0x00000000000000000000000000000000000000aa";
    private const string Other = "0x00000000000000000000000000000000000000bb";
    private Anvil _node = null!;
    private TestToken _token = null!;
    private EvmChain _chain = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await Anvil.StartAsync();
        _token = await TestToken.DeployAsync(_node);
        _chain = Chain(_token.Address);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task The_head_comes_with_what_is_safe_and_final()
    {
        await _node.MineAsync(20);
        ChainHead head = await _chain.ReadHeadAsync(CancellationToken.None);
        Assert.Equal(21, head.Height);
        Assert.Equal(17, head.Safe);
        Assert.Equal(13, head.Finalized);
        Assert.Equal(head.Hash, await _chain.ReadBlockHashAsync(21, CancellationToken.None));
        Assert.Null(await _chain.ReadBlockHashAsync(22, CancellationToken.None));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task A_token_transfer_is_found_in_its_block_by_hash_and_by_range(long byHashAbove)
    {
        await _token.MintAsync(Payer, 1_000_000);
        string transaction = await _token.TransferAsync(Invoice, 250_000);
        await _token.TransferAsync(Other, 1);
        await _node.MineAsync(3);

        IReadOnlyList<ChainBlock> blocks = await BlocksAsync(1, 7, byHashAbove, Invoice);
        ChainTransfer found = Assert.Single(blocks.SelectMany(block => block.Transfers));
        Assert.Equal([found], blocks[2].Transfers);
        Assert.Equal(
            new ChainTransfer(found.Asset, Invoice, Payer, transaction, _token.Address + ".0", 250_000), found);
        Assert.Equal("USDT", found.Asset.Symbol);
    }

    [Fact]
    public async Task A_native_transfer_is_found_in_its_block()
    {
        BigInteger amount = BigInteger.Pow(10, 20) + 7;
        string transaction = await _node.SendTransactionAsync(Invoice, amount);
        ChainTransfer found = Assert.Single(await TransfersAsync(Invoice));
        Assert.Equal(new ChainTransfer(found.Asset, Invoice, Payer, transaction, "native", amount), found);
        Assert.Equal("ETH", found.Asset.Symbol);
    }

    [Fact]
    public async Task A_failed_transaction_pays_nothing()
    {
        string refuser = await _node.DeployAsync(TinyContract.Refuser);
        await _node.SendTransactionAsync(refuser, 1, gas: 100_000);
        string overdraft = "0xa9059cbb" + TestToken.Word(Invoice) + TestToken.Word(BigInteger.One);
        await _node.SendTransactionAsync(_token.Address, 0, overdraft, gas: 100_000);
        Assert.Equal(4, await _node.HeightAsync());
        Assert.Empty(await TransfersAsync(refuser, Invoice));
    }

    [Fact]
    public async Task Two_transfers_in_one_transaction_have_two_keys()
    {
        string twice = await _node.DeployAsync(TinyContract.Emitting(times: 2));
        await EmitAsync(twice, Invoice, 5);
        ChainTransfer[] found = [.. await TransfersAsync(Chain(twice), Invoice)];
        Assert.Equal([twice + ".0", twice + ".1"], found.Select(transfer => transfer.Ordinal));
        Assert.All(found, transfer => Assert.Equal(5, transfer.Amount));
    }

    [Fact]
    public async Task A_contract_that_is_not_listed_pays_nothing_whatever_it_emits()
    {
        await EmitAsync(await _node.DeployAsync(TinyContract.Emitting(times: 1)), Invoice, 1_000_000);
        Assert.Empty(await TransfersAsync(Invoice));
    }

    [Fact]
    public async Task A_log_of_another_form_is_no_transfer_and_no_failure()
    {
        string odd = await _node.DeployAsync(TinyContract.Emitting(times: 1, dataBytes: 31));
        await EmitAsync(odd, Invoice, 1_000_000);
        Assert.Empty(await TransfersAsync(Chain(odd), Invoice));
    }

    [Fact]
    public async Task The_largest_uint256_does_not_overflow()
    {
        BigInteger largest = BigInteger.Pow(2, 256) - 1;
        string boaster = await _node.DeployAsync(TinyContract.Emitting(times: 1));
        await EmitAsync(boaster, Invoice, largest);
        Assert.Equal(largest, Assert.Single(await TransfersAsync(Chain(boaster), Invoice)).Amount);
    }

    [Fact]
    public async Task A_reorg_shows_in_the_hashes_and_takes_the_transfer_away()
    {
        await _token.MintAsync(Invoice, 5);
        await _node.MineAsync(3);
        IReadOnlyList<ChainBlock> before = await BlocksAsync(1, 5, 0, Invoice);
        Assert.Single(before.SelectMany(block => block.Transfers));
        await _node.ReorgAsync(4);

        IReadOnlyList<ChainBlock> after = await BlocksAsync(1, 5, 0, Invoice);
        Assert.Equal(before[0].Hash, after[0].Hash);
        Assert.NotEqual(before[1].Hash, after[1].Hash);
        Assert.Empty(after.SelectMany(block => block.Transfers));
    }

    [Fact]
    public async Task A_head_that_moves_to_another_branch_before_its_blocks_are_read_is_unknown()
    {
        await _node.MineAsync(3);
        await _chain.ReadHeadAsync(CancellationToken.None);
        await _node.ReorgAsync(2);
        await Assert.ThrowsAsync<ChainUnknownException>(() => BlocksAsync(1, 4, 0));
        await _chain.ReadHeadAsync(CancellationToken.None);
        Assert.Equal(4, (await BlocksAsync(1, 4, 0)).Count);
    }

    [Fact]
    public async Task Many_blocks_come_whole_and_linked()
    {
        await _node.MineAsync(120);
        IReadOnlyList<ChainBlock> blocks = await BlocksAsync(1, 121, 100, Invoice);
        Assert.Equal(121, blocks.Count);
        Assert.All(Enumerable.Range(1, 120), i => Assert.Equal(blocks[i - 1].Hash, blocks[i].ParentHash));
    }

    [Fact]
    public async Task What_the_node_cannot_say_is_unknown()
    {
        await Assert.ThrowsAsync<ChainUnknownException>(() => BlocksAsync(1, 2, 0));
        EvmChain elsewhere = new(TestNetworks.Evm(_node.Rpc, chainId: 1), TestNetworks.Http, TimeProvider.System);
        await Assert.ThrowsAsync<ChainUnknownException>(() => elsewhere.ReadHeadAsync(CancellationToken.None));
        await _node.KillAsync();
        await Assert.ThrowsAsync<ChainUnknownException>(() => _chain.ReadHeadAsync(CancellationToken.None));
        await Assert.ThrowsAsync<ChainUnknownException>(() => BlocksAsync(1, 1, 0));
        await Assert.ThrowsAsync<ChainUnknownException>(() => _chain.ReadBlockHashAsync(1, CancellationToken.None));
    }

    private EvmChain Chain(string token) => new(TestNetworks.Evm(_node.Rpc, 31337, token), TestNetworks.Http, TimeProvider.System);

    private Task<string> EmitAsync(string contract, string to, BigInteger amount) =>
        _node.SendTransactionAsync(contract, 0, "0x" + TestToken.Word(to) + TestToken.Word(amount));

    private Task<IEnumerable<ChainTransfer>> TransfersAsync(params string[] watched) => TransfersAsync(_chain, watched);

    private async Task<IEnumerable<ChainTransfer>> TransfersAsync(EvmChain chain, params string[] watched) =>
        (await chain.ReadBlocksAsync(1, await _node.HeightAsync(), 0, watched.Contains, CancellationToken.None))
            .SelectMany(block => block.Transfers);

    private Task<IReadOnlyList<ChainBlock>> BlocksAsync(
        long from, long to, long byHashAbove, params string[] watched) =>
        _chain.ReadBlocksAsync(from, to, byHashAbove, watched.Contains, CancellationToken.None);
}
