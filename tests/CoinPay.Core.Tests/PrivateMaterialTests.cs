using System.Security.Cryptography;
using CoinPay.Core;
using Xunit;

namespace CoinPay.Tests.Core;

/// <summary>
/// Published test vectors only: BIP-32, BIP-38, BIP-39, SLIP-132 and the WIF examples of the Bitcoin wiki.
/// </summary>
public sealed class PrivateMaterialTests
{
    // BIP-32, test vector 1, chain m.
    private const string Xprv =
        "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi";

    private const string Xpub =
        "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8";

    private const string TwelveWords =
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

    [Theory]
    [InlineData(Xprv)]
    [InlineData("wpkh([d34db33f/84h/0h/0h]" + Xprv + "/0/*)")]
    [InlineData("\n" + Xprv + "  ")]
    // BIP-84, the account's extended private key.
    [InlineData("zprvAdG4iTXWBoARxkkzNpNh8r6Qag3irQB8PzEMkAFeTRXxHpbF9z4QgEvBRmfvqWvGp42t42nvgGpNgYSJA9iefm1yYNZKEm7z6qUWCroSQnE")]
    // The prefix of Litecoin (SLIP-132).
    [InlineData("Ltpv71Q8qDifUNoeFAFKvAkz2KvZDcJgVKtvzBdzfhbXXd2KjZgVFFmUKGHzJnFuWHPpxqmfg5iDHsDyu1XSNpYsvkcp2HjXnBqQRhrLvWECCGe")]
    public void An_extended_private_key_is_recognised_wherever_it_stands(string text) =>
        Assert.Equal(PrivateMaterialKind.ExtendedPrivateKey, PrivateMaterial.Recognise(text));

    [Fact]
    public void An_extended_private_key_is_recognised_by_what_it_holds_and_not_by_its_name()
    {
        byte[] serialized = RandomNumberGenerator.GetBytes(82);
        serialized[0] = 0x05;
        serialized[45] = 0;
        Assert.Equal(PrivateMaterialKind.ExtendedPrivateKey, PrivateMaterial.Recognise(Base58(serialized)));
        serialized[45] = 2;
        Assert.Null(PrivateMaterial.Recognise(Base58(serialized)));
    }

    [Fact]
    public void A_key_wrapped_over_lines_is_recognised() =>
        Assert.NotNull(PrivateMaterial.Recognise(Xprv[..40] + "\n" + Xprv[40..80] + "\r\n  " + Xprv[80..]));

    [Theory]
    [InlineData("5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ")]
    [InlineData("KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617")]
    [InlineData("cTpB4YiyKiBcPxnefsDpbnDxFDffjqJob8wGCEDXxgQ7zQoMXJdH")]
    [InlineData("p2wpkh:KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617")]
    // A mistyped last character: a key nearly given away.
    [InlineData("KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98618")]
    // BIP-38 and a mini private key of the Bitcoin wiki.
    [InlineData("6PRVWUbkzzsbcVac2qwfssoUJAN1Xhrg6bNk8J7Nzm5H7kxEbn2Nh2ZoGg")]
    [InlineData("S6c56bnXQiBjk9mqSYE7ykVQ7NzrRy")]
    public void A_private_key_is_recognised_with_or_without_a_right_checksum(string text) =>
        Assert.Equal(PrivateMaterialKind.PrivateKey, PrivateMaterial.Recognise(text));

    [Theory]
    [InlineData("0C28FCA386C7A227600B2FE50B7CAE11EC86D3BF1FBE471BE89827E19D72AA1D")]
    [InlineData("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")]
    [InlineData("key=0XAC0974BEC39A17E36BA4A6B4D238FF944BACB478CBED5EFCAE784D7BF4F2FF80;")]
    public void Thirty_two_bytes_of_hex_are_recognised(string text) =>
        Assert.Equal(PrivateMaterialKind.HexKey, PrivateMaterial.Recognise(text));

    [Theory]
    [InlineData(TwelveWords)]
    [InlineData("LEGAL winner Thank year wave sausage worth useful legal winner thank yellow")]
    [InlineData("1. abandon 2. abandon 3. abandon 4. abandon 5. abandon 6. abandon 7. abandon 8. abandon 9. abandon 10. abandon 11. abandon 12. about")]
    [InlineData("my seed: abandon,abandon,abandon,abandon,abandon,abandon,abandon,abandon,abandon,abandon,abandon,about")]
    [InlineData("的的的的的的的的的的的在")]
    [InlineData("abaisser abaisser abaisser abaisser abaisser abaisser abaisser abaisser abaisser abaisser abaisser abeille")]
    [InlineData("あいこくしん　あいこくしん　あいこくしん　あいこくしん　あいこくしん　あいこくしん　あいこくしん　あいこくしん　あいこくしん　あいこくしん　あいこくしん　あおぞら")]
    public void Seed_words_are_recognised_in_any_form_and_language(string text) =>
        Assert.Equal(PrivateMaterialKind.SeedPhrase, PrivateMaterial.Recognise(text));

    [Fact]
    public void Seed_words_as_a_list_are_recognised() =>
        Assert.Equal(PrivateMaterialKind.SeedPhrase, PrivateMaterial.Recognise(TwelveWords.Split(' ')));

    [Theory]
    [InlineData(Xpub)]
    [InlineData("zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs")]
    [InlineData("[d34db33f/84h/0h/0h]")]
    [InlineData("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")]
    [InlineData("bcrt1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu")]
    [InlineData("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2")]
    [InlineData("settlement_address")]
    [InlineData("forwarder")]
    [InlineData("The quick brown fox jumps over the lazy dog, as a merchant may say it of a shop.")]
    [InlineData("")]
    public void Public_keys_addresses_and_plain_words_are_not(string text) =>
        Assert.Null(PrivateMaterial.Recognise(text));

    private static string Base58(byte[] bytes)
    {
        const string alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        System.Numerics.BigInteger value = new(bytes, isUnsigned: true, isBigEndian: true);
        string text = "";
        for (; value > 0; value /= 58)
            text = alphabet[(int)(value % 58)] + text;
        return text;
    }
}
