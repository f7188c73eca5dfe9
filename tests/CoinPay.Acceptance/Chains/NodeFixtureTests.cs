using System.Text.Json;
using CoinPay.Testing.Nodes;
using Xunit;

namespace CoinPay.Acceptance.Chains;

/// <summary>The nodes that every other test of the chains stands on.</summary>
public sealed class NodeFixtureTests
{
    [Fact]
    public async Task Anvil_mines_a_transaction_at_once()
    {
        await using Anvil anvil = await Anvil.StartAsync();
        await anvil.SendTransactionAsync(Anvil.Accounts[1], 1);
        Assert.Equal(1, await anvil.HeightAsync());
        await anvil.MineAsync(9);
        Assert.Equal(10, await anvil.HeightAsync());
    }

    [Fact]
    public async Task Bitcoind_mines_what_its_wallet_paid()
    {
        await using Bitcoind bitcoind = await Bitcoind.StartAsync();
        string transaction = await bitcoind.PayAsync(await bitcoind.NewAddressAsync(), 0.5m);
        string block = Assert.Single(await bitcoind.MineAsync());
        Assert.Contains(
            transaction, (await bitcoind.CallAsync("getblock", block, 1)).ToString(), StringComparison.Ordinal);
        Assert.Equal(102, await bitcoind.HeightAsync());
    }

    [Fact]
    public async Task The_merchants_wallet_gets_what_is_paid_to_it_and_no_coin_or_change_of_the_payer()
    {
        await using Bitcoind bitcoind = await Bitcoind.StartAsync();
        await bitcoind.MineAsync(20);
        await bitcoind.SendAsync(await bitcoind.TakeCoinAsync(), 0.0005m, (await bitcoind.MerchantAddressAsync(), 0.5m));
        await bitcoind.PayAsync(await bitcoind.MerchantAddressAsync(), 0.25m);
        await bitcoind.MineAsync();
        Assert.Equal(0.75m, (await bitcoind.CallMerchantAsync("getbalance")).GetDecimal());
    }

    /// <summary>Knots refuses it without our bitcoin.conf; a wallet chooses it in one payment of a thousand.</summary>
    [Fact]
    public async Task Bitcoind_takes_a_payment_of_any_lock_time_of_its_past()
    {
        await using Bitcoind bitcoind = await Bitcoind.StartAsync();
        for (int lockTime = 1; lockTime <= 101; lockTime += 10)
        {
            string raw = (await bitcoind.CallAsync(
                "createrawtransaction",
                Array.Empty<object>(), new Dictionary<string, decimal> { [await bitcoind.NewAddressAsync()] = 0.5m }, lockTime)).GetString()!;
            JsonElement funded = await bitcoind.CallAsync("fundrawtransaction", raw);
            JsonElement signed = await bitcoind.CallAsync("signrawtransactionwithwallet", funded.GetProperty("hex").GetString());
            JsonElement answer = await bitcoind.CallAsync("testmempoolaccept", (object)new[] { signed.GetProperty("hex").GetString()! });
            Assert.True(answer[0].GetProperty("allowed").GetBoolean(), $"lock time {lockTime}: {answer}");
        }
    }
}
