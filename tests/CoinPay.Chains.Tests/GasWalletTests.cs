using CoinPay.Chains.Evm;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Nodes;
using Xunit;

namespace CoinPay.Chains.Tests;

/// <summary>Which texts are the key of a gas wallet. What the wallet sends is tested by the acceptance tests of the forwarder factory.</summary>
public sealed class GasWalletTests
{
    /// <summary>The order of secp256k1 is …4141. Source: SEC 2, 2.4.1.</summary>
    [Theory]
    [InlineData("one byte", "0x01")]
    [InlineData("two bytes", "0x0102")]
    [InlineData("a digit too few", "0x111111111111111111111111111111111111111111111111111111111111111")]
    [InlineData("a zero byte before the key", "0x00fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140")]
    [InlineData("zero", "0x0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("the order", "0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")]
    [InlineData("above the order", "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("a letter that is not a digit", "0x111111111111111111111111111111111111111111111111111111111111111g")]
    [InlineData("a space before the key", " 1111111111111111111111111111111111111111111111111111111111111111")]
    [InlineData("another prefix", "0X1111111111111111111111111111111111111111111111111111111111111111")]
    [InlineData("words", "test test test test test test test test test test test junk")]
    public void What_is_not_a_key_is_refused_and_not_shown(string what, string text)
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => Open(text).Dispose());
        Assert.False(refusal.ToString().Contains(text.Trim(), StringComparison.OrdinalIgnoreCase), what);
    }

    [Fact]
    public void A_key_is_taken_with_and_without_its_prefix()
    {
        using GasWallet with = Open(Anvil.PublishedKeys[0]);
        using GasWallet without = Open(Anvil.PublishedKeys[0][2..].ToUpperInvariant());
        Assert.Equal(Anvil.Accounts[0], with.Address);
        Assert.Equal(with.Address, without.Address);
    }

    private static GasWallet Open(string key) => new(TestNetworks.Evm(new("http://127.0.0.1:1")), TestNetworks.Http, key, new FreeTurns(), TimeProvider.System);
}
