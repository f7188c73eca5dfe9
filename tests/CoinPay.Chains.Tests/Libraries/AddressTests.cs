using CoinPay.Chains.Bitcoin;
using NBitcoin;
using NBitcoin.DataEncoders;
using Xunit;
using ChainNetwork = NBitcoin.Network;

namespace CoinPay.Chains.Tests.Libraries;

/// <summary>
/// Source: BIP-350 (which repeats those of BIP-173), "Test vectors for v0-v16 native segregated witness addresses".
/// </summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "0014751e76e8199196d454941c45d1b3a323f1433bd6")]
    [InlineData(
        "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
        "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262")]
    [InlineData(
        "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
        "5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6")]
    [InlineData("BC1SW50QGDZ25J", "6002751e")]
    [InlineData("bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "5210751e76e8199196d454941c45d1b3a323")]
    [InlineData(
        "tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy",
        "0020000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433")]
    [InlineData(
        "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c",
        "5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433")]
    [InlineData(
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")]
    public void A_valid_witness_address_has_the_script_of_the_vector(string text, string script)
    {
        string prefix = text[..2].ToLowerInvariant();
        byte[] program = Encoders.Bech32(prefix).Decode(text, out byte version);
        // OP_0 is 0x00; OP_1 to OP_16 are 0x51 to 0x60.
        OpcodeType opcode = version == 0 ? OpcodeType.OP_0 : OpcodeType.OP_1 + (byte)(version - 1);
        Assert.Equal(script, PayToWitTemplate.Instance.GenerateScriptPubKey(opcode, program).ToHex());
        Assert.Equal(text.ToLowerInvariant(), Encoders.Bech32(prefix).Encode(version, program));
    }

    [Theory]
    [InlineData("tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut")]
    [InlineData("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd")]
    [InlineData("tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf")]
    [InlineData("BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL")]
    [InlineData("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh")]
    [InlineData("tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47")]
    [InlineData("bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4")]
    [InlineData("BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R")]
    [InlineData("bc1pw5dgrnzv")]
    [InlineData("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav")]
    [InlineData("BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P")]
    [InlineData("tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq")]
    [InlineData("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf")]
    [InlineData("tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j")]
    [InlineData("bc1gmk9yu")]
    public void An_invalid_address_is_refused_on_every_network(string text)
    {
        ChainNetwork[] networks =
            [ChainNetwork.Main, ChainNetwork.TestNet, ChainNetwork.RegTest, LitecoinNetworks.Instance.Mainnet];
        foreach (ChainNetwork network in networks)
            Assert.Throws<FormatException>(() => BitcoinAddress.Create(text, network));
    }

    [Fact]
    public void An_address_of_one_chain_is_none_of_another()
    {
        const string ofMain = "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu";
        Assert.Equal(ofMain, BitcoinAddress.Create(ofMain, ChainNetwork.Main).ToString());
        Assert.Throws<FormatException>(() => BitcoinAddress.Create(ofMain, ChainNetwork.TestNet));
        Assert.Throws<FormatException>(
            () => BitcoinAddress.Create("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", ChainNetwork.TestNet));
        Assert.Throws<FormatException>(
            () => BitcoinAddress.Create("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", LitecoinNetworks.Instance.Mainnet));
    }

    /// <summary>A 32-byte program of version 1 that is no x coordinate could never be spent. Source: BIP-341.</summary>
    [Fact]
    public void A_taproot_address_must_be_a_point_of_the_curve()
    {
        byte[] outside = Convert.FromHexString("eefdea4cdb677750a420fee807eacf21eb9898ae79b9768766e4faa04a2d4a34");
        Assert.Throws<FormatException>(() => BitcoinAddress.Create(Encoders.Bech32("bc").Encode(1, outside), ChainNetwork.Main));
    }
}
