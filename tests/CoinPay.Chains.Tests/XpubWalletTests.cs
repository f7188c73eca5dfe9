using CoinPay.Chains.Bitcoin;
using CoinPay.Testing.Chains;
using NBitcoin;
using NBitcoin.WalletPolicies;
using Xunit;

namespace CoinPay.Chains.Tests;

/// <summary>Account keys as wallets export them, and origins that contradict them. The seed is that of BIP 84's test vectors.</summary>
public sealed class XpubWalletTests
{
    private static readonly ExtKey Master = new Mnemonic(string.Concat(Enumerable.Repeat("abandon ", 11)) + "about").DeriveExtKey();
    private static readonly string Account = KeyAt("84'/0'/0'");
    private static readonly Network Bitcoin = TestNetworks.Bitcoin(chain: "main");
    private static readonly Network Litecoin = TestNetworks.Bitcoin(coin: "litecoin", chain: "main");

    [Theory]
    [InlineData("@")]
    [InlineData("[73c5da0a/84h/0h/0h]@")]
    [InlineData("[73C5DA0A/84'/0'/0']@")]
    [InlineData("wpkh(@/0/*)")]
    [InlineData("wpkh([73c5da0a/84H/0H/0H]@/0/*)")]
    [InlineData("wpkh([73c5da0a/84h/0h/0h]@/0/*)#")]
    [InlineData("wpkh([73c5da0a/84'/0'/0']@/<0;1>/*)#")]
    [InlineData(" wpkh(@/<0;1;2>/*)\n")]
    public void Each_form_that_wallets_export_is_the_same_account(string form)
    {
        string text = form.Replace("@", Account, StringComparison.Ordinal);
        WalletKey key = Accepted(Bitcoin, text.EndsWith('#') ? Miniscript.AddChecksum(text[..^1]) : text);
        Assert.Equal(Account, key.Fields["xpub"]);
        Assert.Equal(form.Contains('[', StringComparison.Ordinal) ? "[73c5da0a/84h/0h/0h]" : null, key.Fields.GetValueOrDefault("origin"));
    }

    /// <summary>BIP 84's test vectors.</summary>
    [Fact]
    public void The_first_addresses_are_those_of_the_merchants_wallet() => Assert.Equal(
        ["bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu", "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g"],
        new XpubWallet().AddressesFrom(Bitcoin, Accepted(Bitcoin, Account).Fields, 0, 2));

    [Theory]
    [InlineData("84'/0'/0'", "[73c5da0a/84h/0h/0h]")]
    [InlineData("84'/0'/7'", "[73c5da0a/84'/0'/7']")]
    [InlineData("0'", "[73c5da0a/0h]")]
    [InlineData("", "[73c5da0a]")]
    public void An_origin_that_agrees_with_the_key_is_kept_in_one_notation(string path, string origin) => Assert.Equal(
        origin.Replace('\'', 'h'), Accepted(Bitcoin, KeyAt(path), origin).Fields["origin"]);

    [Theory]
    [InlineData("84'/0'/0'", "[73c5da0a/84h/0h/1h]", "1h", "child 0h")]
    [InlineData("84'/0'/0", "[73c5da0a/84h/0h/0h]", "0h", "child 0")]
    [InlineData("84'/0'", "[73c5da0a/84h/0h/0h]", "3 steps", "depth 2")]
    [InlineData("84'/0'/0'/0", "[73c5da0a/84h/0h/0h]", "3 steps", "depth 4")]
    [InlineData("84'/0'/0'/0", "[73c5da0a/84h/0h/0h/0]", "84h/0h/0h/0", "BIP 84 accounts")]
    [InlineData("84'/0'", "[73c5da0a/84h/0h]", "84h/0h", "BIP 84 accounts")]
    [InlineData("84/0/0", "[73c5da0a/84/0/0]", "84/0/0", "BIP 84 accounts")]
    [InlineData("84'/1'/0'", "[73c5da0a/84h/1h/0h]", "coin 1h", "is 0h")]
    [InlineData("84'/2'/0'", "[73c5da0a/84h/2h/0h]", "coin 2h", "is 0h")]
    [InlineData("44'/0'/0'", "[73c5da0a/44h/0h/0h]", "BIP 44", "BIP 84")]
    [InlineData("49'/0'/0'", "[73c5da0a/49h/0h/0h]", "BIP 49", "BIP 84")]
    [InlineData("86'/0'/0'", "[73c5da0a/86h/0h/0h]", "BIP 86", "BIP 84")]
    [InlineData("48'/0'/0'/2'", "[73c5da0a/48h/0h/0h/2h]", "multi-signature", "BIP 48")]
    [InlineData("87'/0'/0'", "[73c5da0a/87h/0h/0h]", "multi-signature", "BIP 87")]
    [InlineData("0'", "[deadbeef/0h]", "deadbeef", "73c5da0a")]
    [InlineData("", "[deadbeef]", "deadbeef", "73c5da0a")]
    public void An_origin_that_contradicts_the_key_is_refused_and_both_are_named(string path, string origin, string stated, string shown)
    {
        (string field, string right) = Refused(Bitcoin, KeyAt(path), origin);
        Assert.Equal("origin", field);
        Assert.Contains(stated, right, StringComparison.Ordinal);
        Assert.Contains(shown, right, StringComparison.Ordinal);
        Assert.Equal(("xpub", right), Refused(Bitcoin, origin + KeyAt(path)));
        Assert.Equal(("xpub", right), Refused(Bitcoin, $"wpkh({origin}{KeyAt(path)}/0/*)"));
    }

    [Fact]
    public void The_coin_is_that_of_the_network()
    {
        Accepted(Litecoin, KeyAt("84'/2'/0'"), "[73c5da0a/84h/2h/0h]");
        Assert.Contains("litecoin-main is 2h", Refused(Litecoin, Account, "[73c5da0a/84h/0h/0h]").Right, StringComparison.Ordinal);
        string test = Derived("84'/1'/0'").Neuter().ToString(NBitcoin.Network.TestNet);
        Accepted(TestNetworks.Bitcoin(chain: "signet"), test, "[73c5da0a/84h/1h/0h]");
    }

    [Fact]
    public void Two_origins_that_differ_are_refused() => Assert.Contains(
        "comes with [73c5da0a/84h/0h/0h]", Refused(Bitcoin, "[73c5da0a/84'/0'/0']" + Account, "[73c5da0a/84h/0h/1h]").Right, StringComparison.Ordinal);

    [Theory]
    [InlineData("sh(wpkh(@/0/*))", "sh(wpkh(…)) is a descriptor for wrapped segwit")]
    [InlineData("pkh(@/0/*)", "pkh(…) is a descriptor for legacy")]
    [InlineData("tr(@/0/*)", "tr(…) is a descriptor for taproot")]
    [InlineData("wsh(sortedmulti(2,@/0/*,@/0/*))", "multi-signature")]
    [InlineData("combo(@)", "combo(…)")]
    [InlineData("mystery(@)", "not one of BIP 380")]
    public void A_descriptor_of_another_kind_is_refused_by_name(string form, string says) =>
        Assert.Contains(says, Refused(Bitcoin, form.Replace("@", Account, StringComparison.Ordinal)).Right, StringComparison.Ordinal);

    [Theory]
    [InlineData("wpkh(@)", "/0/*")]
    [InlineData("wpkh(@/*)", "/0/*")]
    [InlineData("wpkh(@/1/*)", "/0/*")]
    [InlineData("wpkh(@/<1;0>/*)", "/0/*")]
    [InlineData("wpkh(@/0/*h)", "/0/*")]
    [InlineData("wpkh(@/0/*)#qqqqqqqq", "checksum")]
    [InlineData("wpkh(@/0/*)#", "checksum")]
    [InlineData("wpkh(@/0/*", "not a descriptor")]
    [InlineData("wpkh([73c5da0a/84x]@/0/*)", "origin before the key")]
    [InlineData("[73c5da0a/84h/0h/0h@", "not an extended public key")]
    public void A_text_that_would_lead_elsewhere_is_refused(string form, string says) =>
        Assert.Contains(says, Refused(Bitcoin, form.Replace("@", Account, StringComparison.Ordinal)).Right, StringComparison.Ordinal);

    [Fact]
    public void A_private_key_in_a_descriptor_is_refused_and_never_repeated()
    {
        string secret = Derived("84'/0'/0'").ToString(NBitcoin.Network.Main);
        (_, string right) = Refused(Bitcoin, $"wpkh([73c5da0a/84h/0h/0h]{secret}/0/*)");
        Assert.Contains("private key", right, StringComparison.Ordinal);
        Assert.DoesNotContain(secret[..12], right, StringComparison.Ordinal);
    }

    private static ExtKey Derived(string path) => path.Length == 0 ? Master : Master.Derive(new KeyPath(path));

    private static string KeyAt(string path) => Derived(path).Neuter().ToString(NBitcoin.Network.Main);

    private static WalletKey Accepted(Network network, string xpub, string? origin = null)
    {
        WalletKey? key = new XpubWallet().Read(network, Said(xpub, origin), (field, right) => Assert.Fail($"{field}: {right}"));
        return Assert.IsType<WalletKey>(key);
    }

    private static (string Field, string Right) Refused(Network network, string xpub, string? origin = null)
    {
        List<(string, string)> refused = [];
        Assert.Null(new XpubWallet().Read(network, Said(xpub, origin), (field, right) => refused.Add((field, right))));
        return Assert.Single(refused);
    }

    private static Dictionary<string, string> Said(string xpub, string? origin)
    {
        Dictionary<string, string> said = new(StringComparer.Ordinal) { ["xpub"] = xpub };
        if (origin is not null)
            said.Add("origin", origin);
        return said;
    }
}
