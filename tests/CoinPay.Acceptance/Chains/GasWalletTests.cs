using CoinPay.Chains.Evm;
using CoinPay.Functions.Forwarders;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Nodes;
using CoinPay.Testing.Storage;
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

    private static GasWallet Wallet(Anvil anvil, Tables tables) => new(
        TestNetworks.Evm(anvil.Rpc), TestNetworks.Http, Anvil.PublishedKeys[2], new GasWalletTurns(tables, TimeProvider.System), TimeProvider.System);
}
