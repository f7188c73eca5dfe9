using NBitcoin;
using NBitcoin.DataEncoders;
using Xunit;

namespace CoinPay.Chains.Tests.Libraries;

/// <summary>
/// Source: BIP-32, "Test Vectors" 1 and 2, the steps that need no private key; BIP-84, "Test vectors".
/// </summary>
public sealed class ExtendedKeyTests
{
    private const string Vector1 =
        "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8";

    [Theory]
    [InlineData(
        "xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEjWgP6LHhwBZeNK1VTsfTFUHCdrfp1bgwQ9xv5ski8PX9rL2dZXvgGDnw",
        1,
        "xpub6ASuArnXKPbfEwhqN6e3mwBcDTgzisQN1wXN9BJcM47sSikHjJf3UFHKkNAWbWMiGj7Wf5uMash7SyYq527Hqck2AxYysAA7xmALppuCkwQ")]
    [InlineData(
        "xpub6D4BDPcP2GT577Vvch3R8wDkScZWzQzMMUm3PWbmWvVJrZwQY4VUNgqFJPMM3No2dFDFGTsxxpG5uJh7n7epu4trkrX7x7DogT5Uv6fcLW5",
        2,
        "xpub6FHa3pjLCk84BayeJxFW2SP4XRrFd1JYnxeLeU8EqN3vDfZmbqBqaGJAyiLjTAwm6ZLRQUMv1ZACTj37sR62cfN7fe5JnJ7dh8zL4fiyLHV")]
    [InlineData(
        "xpub6FHa3pjLCk84BayeJxFW2SP4XRrFd1JYnxeLeU8EqN3vDfZmbqBqaGJAyiLjTAwm6ZLRQUMv1ZACTj37sR62cfN7fe5JnJ7dh8zL4fiyLHV",
        1_000_000_000,
        "xpub6H1LXWLaKsWFhvm6RVpEL9P4KfRZSW7abD2ttkWP3SSQvnyA8FSVqNTEcYFgJS2UaFcxupHiYkro49S8yGasTvXEYBVPamhGW6cFJodrTHy")]
    [InlineData(
        "xpub661MyMwAqRbcFW31YEwpkMuc5THy2PSt5bDMsktWQcFF8syAmRUapSCGu8ED9W6oDMSgv6Zz8idoc4a6mr8BDzTJY47LJhkJ8UB7WEGuduB",
        0,
        "xpub69H7F5d8KSRgmmdJg2KhpAK8SR3DjMwAdkxj3ZuxV27CprR9LgpeyGmXUbC6wb7ERfvrnKZjXoUmmDznezpbZb7ap6r1D3tgFxHmwMkQTPH")]
    [InlineData(
        "xpub6ASAVgeehLbnwdqV6UKMHVzgqAG8Gr6riv3Fxxpj8ksbH9ebxaEyBLZ85ySDhKiLDBrQSARLq1uNRts8RuJiHjaDMBU4Zn9h8LZNnBC5y4a",
        1,
        "xpub6DF8uhdarytz3FWdA8TvFSvvAh8dP3283MY7p2V4SeE2wyWmG5mg5EwVvmdMVCQcoNJxGoWaU9DCWh89LojfZ537wTfunKau47EL2dhHKon")]
    [InlineData(
        "xpub6ERApfZwUNrhLCkDtcHTcxd75RbzS1ed54G1LkBUHQVHQKqhMkhgbmJbZRkrgZw4koxb5JaHWkY4ALHY2grBGRjaDMzQLcgJvLJuZZvRcEL",
        2,
        "xpub6FnCn6nSzZAw5Tw7cgR9bi15UV96gLZhjDstkXXxvCLsUXBGXPdSnLFbdpq8p9HmGsApME5hQTZ3emM2rnY5agb9rXpVGyy3bdW6EEgAtqt")]
    public void A_child_of_a_public_key_is_the_one_of_the_vector(string parent, uint index, string child) =>
        Assert.Equal(child, ExtPubKey.Parse(parent, NBitcoin.Network.Main).Derive(index).ToString(NBitcoin.Network.Main));

    [Theory]
    [InlineData(0, 0, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu", "0330d54fd0dd420a6e5f8d3624f5f3482cae350f79d5f0753bf5beef9c2d91af3c")]
    [InlineData(0, 1, "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g", "03e775fd51f0dfb8cd865d9ff1cca2a158cf651fe997fdc9fee9c1d3b5e995ea77")]
    [InlineData(1, 0, "bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el", "03025324888e429ab8e3dbaf1f7802648b9cd01e9b418485c5fa4c1b9b5700e1a6")]
    public void An_account_of_BIP_84_has_the_addresses_of_the_vector(
        uint change, uint index, string address, string key)
    {
        const string zpub =
            "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs";
        ExtPubKey account = new(Encoders.Base58Check.DecodeData(zpub)[4..]);
        PubKey derived = account.Derive(change).Derive(index).PubKey;
        Assert.Equal(key, derived.ToHex());
        Assert.Equal(address, derived.GetAddress(ScriptPubKeyType.Segwit, NBitcoin.Network.Main).ToString());
    }

    [Fact]
    public void A_hardened_child_needs_the_private_key() =>
        Assert.Throws<InvalidOperationException>(() => ExtPubKey.Parse(Vector1, NBitcoin.Network.Main).Derive(0x80000000));

    [Theory]
    [InlineData("xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet9")]
    [InlineData("")]
    [InlineData("0OIl")]
    public void A_text_with_a_wrong_checksum_is_refused(string text) =>
        Assert.Throws<FormatException>(() => ExtPubKey.Parse(text, NBitcoin.Network.Main));

    [Fact]
    public void A_key_of_the_test_chain_is_none_of_the_main_chain()
    {
        ExtPubKey key = ExtPubKey.Parse(Vector1, NBitcoin.Network.Main);
        Assert.Throws<FormatException>(() => ExtPubKey.Parse(key.ToString(NBitcoin.Network.TestNet), NBitcoin.Network.Main));
        Assert.Equal(key.ToBytes(), ExtPubKey.Parse(key.ToString(NBitcoin.Network.TestNet), NBitcoin.Network.RegTest).ToBytes());
    }
}
