using System.Numerics;
using System.Text.Json;
using CoinPay.Chains.Evm;
using CoinPay.Functions.Forwarders;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Nodes;
using CoinPay.Testing.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Acceptance.Chains;

public sealed class GasWalletTests
{
    [Fact]
    public async Task What_two_processes_send_at_once_is_mined_in_turn()
    {
        Tables tables = new(new MemoryStorage(TimeProvider.System).TableService());
        await tables.EnsureCreatedAsync(CancellationToken.None);
        await using Anvil anvil = await Anvil.StartAsync();
        using GasWallet one = Wallet(anvil, tables), other = Wallet(anvil, tables);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(number =>
            (number % 2 == 0 ? one : other).SendAsync(Anvil.Accounts[1], number + 1, "0x", CancellationToken.None)));
        Assert.Equal(10, await anvil.HeightAsync());
    }

    /// <summary>The words with which a real node refuses a replacement, and that it takes ours. Time goes by a clock of the test.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_node_keeps_waiting_is_replaced_at_its_nonce(bool isNoted)
    {
        await using Anvil anvil = await Anvil.StartAsync();
        await anvil.SendAsync("evm_setAutomine", false);
        FakeTimeProvider clock = new();
        FreeTurns turns = new();
        using GasWallet wallet = new(TestNetworks.Evm(anvil.Rpc), TestNetworks.Http, Anvil.PublishedKeys[2], turns, clock);
        await Assert.ThrowsAsync<TransactionPendingException>(() => PassAsync(wallet.SendAsync(Anvil.Accounts[1], 1, "0x", default), clock));
        if (!isNoted)
            turns.Note = null;
        BigInteger before = await anvil.BalanceAsync(Anvil.Accounts[1]);

        Task<JsonElement> sending = wallet.SendAsync(Anvil.Accounts[1], 2, "0x", default);
        await PassAsync(Task.Delay(TimeSpan.FromSeconds(3)), clock);
        await anvil.SendAsync("evm_setAutomine", true);
        await anvil.MineAsync();
        await PassAsync(sending, clock);

        Assert.Equal(before + 2, await anvil.BalanceAsync(Anvil.Accounts[1]));
        Assert.Equal("0x1", (await anvil.SendAsync("eth_getTransactionCount", Anvil.Accounts[2], "latest")).GetString());
    }

    private static async Task PassAsync(Task awaited, FakeTimeProvider clock)
    {
        while (!awaited.IsCompleted)
        {
            await Task.Delay(20);
            clock.Advance(TimeSpan.FromMilliseconds(400));
        }
        await awaited;
    }

    private static GasWallet Wallet(Anvil anvil, Tables tables) => new(
        TestNetworks.Evm(anvil.Rpc), TestNetworks.Http, Anvil.PublishedKeys[2], new GasWalletTurns(tables, TimeProvider.System), TimeProvider.System);
}
