using CoinPay.Chains.Bitcoin;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Nodes;
using NBitcoin.DataEncoders;
using Xunit;

namespace CoinPay.Chains.Tests;

/// <summary>Which texts are account keys, and which are refused and how.</summary>
public sealed class AccountKeyTests
{
    /// <summary>Account 0 of BIP-84's test vector, as xpub and as zpub.</summary>
    private const string Xpub =
        "xpub6CatWdiZiodmUeTDp8LT5or8nmbKNcuyvz7WyksVFkKB4RHwCD3XyuvPEbvqAQY3rAPshWcMLoP2fMFMKHPJ4ZeZXYVUhLv1VMrjPC7PW6V";

    private const string Zpub =
        "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs";

    /// <summary>The master key of BIP-32's test vector 1.</summary>
    private const string MasterKey =
        "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8";

    private static readonly Network Main = TestNetworks.Bitcoin(chain: "main");
    private static readonly Network Test = TestNetworks.Bitcoin(chain: "test");
    private static readonly Network Litecoin = TestNetworks.Bitcoin(coin: "litecoin", chain: "main");

    [Fact]
    public void The_prefix_says_nothing_about_the_addresses()
    {
        AccountKey xpub = Accepted(Main, Xpub), zpub = Accepted(Main, " " + Zpub + "\n");
        Assert.Equal("bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu", zpub.AddressAt(0));
        Assert.Equal(zpub.AddressAt(7), xpub.AddressAt(7));
        Assert.Equal(zpub.Canonical, xpub.Canonical);
        Assert.Equal(Xpub, zpub.Text);
        Assert.Equal("fd13aac9", zpub.Fingerprint);
    }

    [Fact]
    public void A_key_told_under_another_depth_parent_or_index_is_the_same_key()
    {
        byte[] data = Encoders.Base58Check.DecodeData(Xpub);
        data[4] = 9;
        data[5] ^= 0xff;
        data[12] ^= 0xff;
        AccountKey disguised = Accepted(Main, Encoders.Base58Check.EncodeData(data));
        Assert.NotEqual(Xpub, disguised.Text);
        Assert.Equal(Accepted(Main, Xpub).Canonical, disguised.Canonical);
        Assert.Equal(Accepted(Main, Xpub).AddressAt(3), disguised.AddressAt(3));
        Assert.Equal(Accepted(Main, Xpub).AddressAt(3), Accepted(Main, disguised.Canonical).AddressAt(3));
    }

    [Theory]
    [InlineData(0x0488b21e, "bitcoin", "main", null)]
    [InlineData(0x043587cf, "bitcoin", "regtest", null)]
    [InlineData(0x045f1cf6, "bitcoin", "signet", null)]
    [InlineData(0x019da462, "litecoin", "main", null)]
    [InlineData(0x0436f6e1, "litecoin", "test", null)]
    [InlineData(0x0488b21e, "litecoin", "main", null)]
    [InlineData(0x043587cf, "bitcoin", "main", "test chain")]
    [InlineData(0x0488b21e, "bitcoin", "regtest", "main chain")]
    [InlineData(0x019da462, "bitcoin", "main", "litecoin")]
    [InlineData(0x049d7cb2, "bitcoin", "main", "wrapped segwit")]
    [InlineData(0x044a5262, "bitcoin", "test", "wrapped segwit")]
    [InlineData(0x01b26ef6, "litecoin", "main", "wrapped segwit")]
    [InlineData(0x02aa7ed3, "bitcoin", "main", "multi-signature")]
    [InlineData(0x12345678, "bitcoin", "main", "it must start with")]
    public void A_prefix_is_accepted_where_it_belongs(uint version, string coin, string chain, string? says)
    {
        byte[] data = Encoders.Base58Check.DecodeData(Xpub);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(data, version);
        AccountKey? key = AccountKey.Parse(
            TestNetworks.Bitcoin(coin: coin, chain: chain), Encoders.Base58Check.EncodeData(data), out string? refusal);
        Assert.Equal(says is null, key is not null);
        Assert.Contains(says ?? "", refusal ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("xpub")]
    [InlineData("bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu")]
    [InlineData("xpub6CatWdiZiodmUeTDp8LT5or8nmbKNcuyvz7WyksVFkKB4RHwCD3XyuvPEbvqAQY3rAPshWcMLoP2fMFMKHPJ4ZeZXYVUhLv1VMrjPC7PW6W")]
    public void What_is_no_key_is_refused(string text)
    {
        Assert.Null(AccountKey.Parse(Main, text, out string? refusal));
        Assert.Contains("not an extended public key", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(PrivateKeys))]
    public void A_private_key_is_refused_and_never_repeated(string form, string text)
    {
        foreach (Network network in (Network[])[Main, Test, Litecoin])
        {
            Assert.True(AccountKey.Parse(network, text, out string? refusal) is null, form);
            Assert.Contains("private key", refusal, StringComparison.Ordinal);
            Assert.DoesNotContain(text.Trim()[..12], refusal, StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <summary>anvil's first published key in every form that people paste.</summary>
    public static TheoryData<string, string> PrivateKeys()
    {
        byte[] key = Convert.FromHexString(Anvil.PublishedKeys[0][2..]);
        string Extended(params byte[] version) =>
            Encoders.Base58Check.EncodeData([.. version, .. new byte[41], 0, .. key]);
        string wif = Encoders.Base58Check.EncodeData([0x80, .. key, 1]);
        return new()
        {
            { "xprv", Extended(0x04, 0x88, 0xad, 0xe4) },
            { "zprv", Extended(0x04, 0xb2, 0x43, 0x0c) },
            { "tprv", Extended(0x04, 0x35, 0x83, 0x94) },
            { "Ltpv", Extended(0x01, 0x9d, 0x9c, 0xfe) },
            { "in a descriptor", $"wpkh([d34db33f/84h/0h/0h]{Extended(0x04, 0x88, 0xad, 0xe4)}/0/*)" },
            { "WIF, compressed", wif },
            { "WIF", Encoders.Base58Check.EncodeData([0x80, .. key]) },
            { "WIF of a test chain", Encoders.Base58Check.EncodeData([0xef, .. key, 1]) },
            { "WIF of Litecoin", Encoders.Base58Check.EncodeData([0xb0, .. key, 1]) },
            { "WIF with a slip of the pen", wif[..^1] + (wif[^1] == 'a' ? 'b' : 'a') },
            { "hex with 0x", Anvil.PublishedKeys[0] },
            { "hex", Anvil.PublishedKeys[0][2..].ToUpperInvariant() },
            { "seed words", " test test test test test test\ntest test test test test junk " },
        };
    }

    /// <summary>The faults of BIP-32's test vector 5, made from its vector 1.</summary>
    [Theory]
    [InlineData("a master key with a parent's fingerprint", 5, 1)]
    [InlineData("a master key with an index", 12, 1)]
    [InlineData("a public key with prefix 4", 45, 4)]
    [InlineData("a public key with prefix 1", 45, 1)]
    public void A_faulty_key_is_refused(string fault, int at, byte value)
    {
        byte[] data = Encoders.Base58Check.DecodeData(MasterKey);
        data[at] = value;
        Assert.True(AccountKey.Parse(Main, Encoders.Base58Check.EncodeData(data), out string? refusal) is null, fault);
        Assert.Contains("not contain a valid secp256k1 public key", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_not_a_point_of_the_curve_is_refused()
    {
        byte[] data = [.. Encoders.Base58Check.DecodeData(Xpub)[..45], 2, .. new byte[31], 7];
        Assert.Null(AccountKey.Parse(Main, Encoders.Base58Check.EncodeData(data), out string? refusal));
        Assert.Contains("not contain a valid secp256k1 public key", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(73)]
    [InlineData(75)]
    public void A_key_of_another_length_is_refused(int length)
    {
        byte[] data = [.. Encoders.Base58Check.DecodeData(Xpub), 0];
        Assert.Null(AccountKey.Parse(Main, Encoders.Base58Check.EncodeData(data[..(length + 4)]), out string? refusal));
        Assert.Contains("not an extended public key", refusal, StringComparison.Ordinal);
    }

    private static AccountKey Accepted(Network network, string text)
    {
        AccountKey? key = AccountKey.Parse(network, text, out string? refusal);
        Assert.True(key is not null, refusal);
        return key;
    }
}
