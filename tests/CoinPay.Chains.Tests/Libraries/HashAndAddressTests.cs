using System.Numerics;
using System.Text;
using Nethereum.ABI;
using Nethereum.ABI.FunctionEncoding;
using Nethereum.Hex.HexConvertors.Extensions;
using Nethereum.RLP;
using Nethereum.Util;
using Xunit;

namespace CoinPay.Chains.Tests.Libraries;

/// <summary>Keccak, RLP, EIP-55 and EIP-1014 by their published vectors.</summary>
public sealed class HashAndAddressTests
{
    /// <summary>Source: the Keccak team's test vectors (padding 0x01, before FIPS 202).</summary>
    [Theory]
    [InlineData("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    [InlineData("Transfer(address,address,uint256)", "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")]
    public void Keccak_256_is_that_of_the_vector(string text, string hash) =>
        Assert.Equal(hash, Sha3Keccack.Current.CalculateHash(text));

    /// <summary>Source: EIP-55, test cases.</summary>
    [Theory]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [InlineData("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")]
    [InlineData("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    [InlineData("0x52908400098527886E0F7030069857D2E4169EE7")]
    [InlineData("0xde709f2102306220921060314715629080e2fb77")]
    public void A_checksummed_address_is_told_from_every_other_case(string address)
    {
        Assert.Equal(address, AddressUtil.Current.ConvertToChecksumAddress(address.ToLowerInvariant()));
        Assert.True(AddressUtil.Current.IsChecksumAddress(address));
        string swapped = string.Concat(address.Select((c, i) => i > 1 && char.IsLetter(c) ? (char)(c ^ 0x20) : c));
        Assert.False(AddressUtil.Current.IsChecksumAddress(swapped));
    }

    [Theory]
    [InlineData("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAedd")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg")]
    [InlineData("")]
    public void What_is_no_address_is_refused(string text) =>
        Assert.False(AddressUtil.Current.IsValidEthereumAddressHexFormat(text));

    /// <summary>Source: EIP-1014, examples 0 to 6.</summary>
    [Theory]
    [InlineData("00", "00", "00", "0x4D1A2e2bB4F88F0250f26Ffff098B0b30B26BF38")]
    [InlineData("deadbeef00000000000000000000000000000000", "00", "00", "0xB928f69Bb1D91Cd65274e3c79d8986362984fDA3")]
    [InlineData(
        "deadbeef00000000000000000000000000000000", "feed000000000000000000000000000000000000", "00",
        "0xD04116cDd17beBE565EB2422F2497E06cC1C9833")]
    [InlineData("00", "00", "deadbeef", "0x70f2b2914A2a4b783FaEFb75f459A580616Fcb5e")]
    [InlineData("deadbeef", "cafebabe", "deadbeef", "0x60f3f640a8508fC6a86d45DF051962668E1e8AC7")]
    [InlineData(
        "deadbeef", "cafebabe",
        "deadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
        "0x1d8bfDC5D46DC4f61D6b6115972536eBE6A8854C")]
    [InlineData("00", "00", "", "0xE33C0C7F7df4809055C3ebA6c09CFe4BaF1BD9e0")]
    public void A_CREATE2_address_is_that_of_the_example(
        string deployer, string salt, string initCode, string address) =>
        Assert.Equal(
            address,
            ContractUtils.CalculateCreate2Address(
                "0x" + deployer.PadLeft(40, '0'), "0x" + salt.PadLeft(64, '0'), "0x" + initCode));

    [Fact]
    public void A_salt_of_another_length_is_refused() => Assert.Throws<ArgumentException>(
        () => ContractUtils.CalculateCreate2Address("0x" + new string('0', 40), "0x00", "0x00"));

    /// <summary>Source: ethereum.org, "Recursive-length prefix (RLP) serialization", examples.</summary>
    [Fact]
    public void Recursive_length_prefix_is_that_of_the_examples()
    {
        byte[] empty = RLP.EncodeList();
        Assert.Equal("83646f67", Text("dog").ToHex());
        Assert.Equal("c88363617483646f67", RLP.EncodeList(Text("cat"), Text("dog")).ToHex());
        Assert.Equal("80", Text("").ToHex());
        Assert.Equal("c0", empty.ToHex());
        Assert.Equal("80", Number(0).ToHex());
        Assert.Equal("00", RLP.EncodeElement([0]).ToHex());
        Assert.Equal("0f", Number(15).ToHex());
        Assert.Equal("820400", Number(1024).ToHex());
        Assert.Equal(
            "c7c0c1c0c3c0c1c0",
            RLP.EncodeList(empty, RLP.EncodeList(empty), RLP.EncodeList(empty, RLP.EncodeList(empty))).ToHex());
        const string lorem = "Lorem ipsum dolor sit amet, consectetur adipisicing elit";
        Assert.Equal("b838" + Encoding.ASCII.GetBytes(lorem).ToHex(), Text(lorem).ToHex());
    }

    /// <summary>Source: the contract ABI specification, "Examples": baz(uint32,bool) and bar(bytes3[2]).</summary>
    [Fact]
    public void Arguments_are_encoded_as_in_the_specification()
    {
        ABIEncode encoder = new();
        Assert.Equal(
            "0000000000000000000000000000000000000000000000000000000000000045"
            + "0000000000000000000000000000000000000000000000000000000000000001",
            encoder.GetABIEncoded(new ABIValue("uint32", new BigInteger(69)), new ABIValue("bool", true)).ToHex());
        Assert.Equal(
            "6162630000000000000000000000000000000000000000000000000000000000",
            encoder.GetABIEncoded(new ABIValue("bytes3", Encoding.ASCII.GetBytes("abc"))).ToHex());
        Assert.Throws<AbiEncodingException>(
            () => encoder.GetABIEncoded(new ABIValue("uint256", BigInteger.Pow(2, 256))));
    }

    private static byte[] Text(string text) => RLP.EncodeElement(Encoding.ASCII.GetBytes(text));

    private static byte[] Number(int number) => RLP.EncodeElement(new BigInteger(number).ToBytesForRLPEncoding());
}
