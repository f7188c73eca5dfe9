using System.Numerics;
using System.Text.Json;
using CoinPay.Chains.Configuration;
using CoinPay.Functions.Platform;
using CoinPay.Testing;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace CoinPay.Chains.Tests;

/// <summary>networks.json and the settings over it.</summary>
public sealed class NetworkConfigurationTests
{
    [Fact]
    public void A_network_without_a_node_is_not_offered() => Assert.Empty(Load());

    [Fact]
    public void A_network_with_a_node_is_offered_with_its_overrides()
    {
        IReadOnlyList<Network> offered = Load(
            ("CoinPay:Networks:anvil:Rpc", "http://127.0.0.1:8545"),
            ("CoinPay:Networks:bitcoin_regtest:Rpc", "http://127.0.0.1:18443"),
            ("CoinPay:Networks:bitcoin_regtest:User", "u"),
            ("CoinPay:Networks:bitcoin_regtest:PollInterval", "00:00:00.5"),
            ("CoinPay:Networks:bitcoin_regtest:Confirmations", "6"));
        Assert.Equal(["anvil", "bitcoin-regtest"], offered.Select(network => network.Name));
        Assert.Equal(31337, offered[0].ChainId);
        Assert.Equal(TimeSpan.FromSeconds(0.5), offered[1].PollInterval);
        Assert.Equal(6, offered[1].Confirmations);
        Assert.Equal("bip122:0f9188f13cb7b2c71f2a335e3a4fc328/slip44:0", Assert.Single(offered[1].Assets).Asset.Id);
    }

    [Fact]
    public void Gas_has_a_highest_price_on_each_network_and_a_setting_for_another_one()
    {
        IReadOnlyList<Network> offered = Load(
            ("CoinPay:Networks:base:Rpc", "https://node.example"),
            ("CoinPay:Networks:ethereum:Rpc", "https://node.example"),
            ("CoinPay:Networks:base:MaxGasGwei", "0.25"));
        Assert.Equal(
            [("ethereum", (BigInteger)100_000_000_000), ("base", 250_000_000)],
            offered.Select(network => (network.Name, network.MaxGasPrice)));
    }

    [Fact]
    public void Every_entry_stands_the_check_of_a_start()
    {
        (string, string)[] all =
            [.. Names().Select(name => ($"CoinPay:Networks:{name.Replace('-', '_')}:Rpc", "https://node.example"))];
        Assert.Equal(Names(), Load(all).Select(network => network.Name));
    }

    [Fact]
    public void The_factory_and_the_test_token_are_those_that_the_contracts_compile_to()
    {
        JsonElement addresses = JsonElement.Parse(
            File.ReadAllText(Path.Combine(RepositoryFiles.Root, "src/contracts/artifacts/addresses.json")));
        Network anvil = Assert.Single(Load(("CoinPay:Networks:anvil:Rpc", "http://127.0.0.1:8545")));
        Assert.Equal(addresses.GetProperty("factory").GetString(), anvil.Factory);
        Assert.Equal(addresses.GetProperty("test_token").GetString(), Networks.FindAsset(anvil, "USDT")!.Contract);
    }

    [Fact]
    public void A_token_says_whether_its_balance_is_verified_and_how_much_of_it_there_can_be()
    {
        NetworkAsset plain = new AssetEntry("USDT", 6, "100", "0xBc380aFEe72430Af28efC3810a8d4e250C75Da6b").On("eip155:31337");
        Assert.Equal((false, BigInteger.One << 127), (plain.VerifyBalance, plain.PlausibleSupply));
        NetworkAsset odd = new AssetEntry("USDT", 6, "100", plain.Contract, null, true, "5000").On("eip155:31337");
        Assert.Equal((true, 5_000), (odd.VerifyBalance, (int)odd.PlausibleSupply));
    }

    [Fact]
    public void An_anvil_without_epochs_configured_does_not_look_stalled()
    {
        // By default its finalized block is 64 behind the head.
        Network anvil = Assert.Single(Load(("CoinPay:Networks:anvil:Rpc", "http://127.0.0.1:8545")));
        Assert.Equal("evm-test", anvil.AddressSpace);
        Assert.False(anvil.IsFinalityStalled(new(1_000, "0x", DateTimeOffset.UnixEpoch, 968, 936)));
        Assert.True(anvil.IsFinalityStalled(new(1_000, "0x", DateTimeOffset.UnixEpoch, 968, 800)));
    }

    [Fact]
    public void Play_money_is_refused_outside_of_development() => Refuses(
        "Development",
        ("AZURE_FUNCTIONS_ENVIRONMENT", "Production"),
        ("CoinPay:Networks:anvil:Rpc", "http://127.0.0.1:8545"));

    [Theory]
    [InlineData("http://node.example/v3/KEY-OF-A-NODE-01")]
    [InlineData("http://8.8.8.8/KEY-OF-A-NODE-01")]
    [InlineData("http://172.32.0.1/KEY-OF-A-NODE-01")]
    [InlineData("http://[2001:db8::1]/KEY-OF-A-NODE-01")]
    public void Plain_http_to_a_public_address_is_refused_in_production_and_the_URL_is_not_shown(string url)
    {
        SettingsException refused = Assert.Throws<SettingsException>(() => Load(
            ("AZURE_FUNCTIONS_ENVIRONMENT", "Production"), ("CoinPay:Networks:ethereum:Rpc", url)));
        Assert.Contains("CoinPay__Networks__ethereum__Rpc must be https", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("KEY-OF-A-NODE-01", refused.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Single(Load(("CoinPay:Networks:ethereum:Rpc", url)));
    }

    [Theory]
    [InlineData("https://node.example/v3/key")]
    [InlineData("http://127.0.0.1:8545")]
    [InlineData("http://localhost:8545")]
    [InlineData("http://10.1.2.3:8545")]
    [InlineData("http://[::1]:8545")]
    [InlineData("http://[fd00::1]:8545")]
    [InlineData("http://geth:8545")]
    [InlineData("http://geth.internal:8545")]
    [InlineData("secret")]
    public void Https_private_addresses_and_secrets_are_taken_in_production(string url)
    {
        Network network = Assert.Single(Load(
            ("AZURE_FUNCTIONS_ENVIRONMENT", "Production"), ("CoinPay:Networks:ethereum:Rpc", url)));
        Assert.Equal(url == "secret", network.Rpc == NodeAccess.SecretAddress);
        Assert.Equal("ethereum", network.ToString());
    }

    /// <summary>A private name may lead anywhere: what counts is the address that is connected to.</summary>
    [Fact]
    public async Task Plain_http_reaches_only_private_addresses_in_production()
    {
        using NodeConnection nodes = new(isDevelopment: false);
        HttpRequestException refused = await Assert.ThrowsAsync<HttpRequestException>(() => nodes.Http.GetAsync(new Uri("http://8.8.8.8:8545/")));
        Assert.Contains("only https", refused.Message, StringComparison.Ordinal);
        using System.Net.Sockets.TcpListener listener = new(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        Task<HttpResponseMessage> asked = nodes.Http.GetAsync(new Uri($"http://localhost:{((System.Net.IPEndPoint)listener.LocalEndpoint).Port}/"));
        using (System.Net.Sockets.TcpClient client = await listener.AcceptTcpClientAsync())
            await client.GetStream().WriteAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());
        using HttpResponseMessage answer = await asked;
        Assert.Equal(System.Net.HttpStatusCode.NoContent, answer.StatusCode);
    }

    [Theory]
    [InlineData("CoinPay:Networks:anvl:Rpc", "http://127.0.0.1:1", "no such network; the nearest is anvil.")]
    [InlineData("CoinPay:Networks:bitcoin-regtest:Rpc", "http://127.0.0.1:1", "no such network; the nearest is bitcoin_regtest.")]
    [InlineData("CoinPay:Networks:anvil:Rcp", "http://127.0.0.1:1", "not a network setting; the nearest is Rpc.")]
    [InlineData("CoinPay:Networks:anvil:Rpc", "127.0.0.1:1", "http")]
    [InlineData("CoinPay:Networks:bitcoin:Rpc", "http://me:secret@127.0.0.1:1", "password")]
    [InlineData("CoinPay:Networks:anvil:PollInterval", "often", "duration")]
    [InlineData("CoinPay:Networks:anvil:PollInterval", "1.00:00:00", "poll_interval")]
    [InlineData("CoinPay:Networks:anvil:Confirmations", "0", "confirmations")]
    [InlineData("CoinPay:Networks:anvil:MaxGasGwei", "a few", "MaxGasGwei")]
    [InlineData("CoinPay:Networks:anvil:MaxGasGwei", "0", "max_gas_gwei")]
    [InlineData("CoinPay:Networks:bitcoin:MaxGasGwei", "5", "max_gas_gwei")]
    public void A_wrong_setting_is_refused_by_its_name(string name, string value, string says) =>
        Refuses(says, (name, value));

    [Theory]
    [InlineData("\"eip155:31337\"", "\"eip155:1\"", "eip155:1 twice")]
    [InlineData("\"livemode\": false, \"development\": true", "\"livemode\": false", "anvil: development: true")]
    [InlineData("\"development\": true, \"coin\": \"bitcoin\"", "\"coin\": \"bitcoin\"", "bitcoin-regtest: development: true")]
    [InlineData("0xBc380aFEe72430Af28efC3810a8d4e250C75Da6b", "0xbc380afee72430af28efc3810a8d4e250c75da6b", "checksummed")]
    [InlineData("0xBc380aFEe72430Af28efC3810a8d4e250C75Da6b", "Bc380aFEe72430Af28efC3810a8d4e250C75Da6b", "checksummed")]
    [InlineData("0xBc380aFEe72430Af28efC3810a8d4e250C75Da6b", "0x", "checksummed")]
    [InlineData("\"factory\": \"0x", "\"factory\": \"", "factory: a checksummed address")]
    [InlineData("\"chain\": \"signet\"", "\"chain\": \"liquid\"", "chain")]
    [InlineData("\"family\": \"evm\"", "\"family\": \"tron\"", "family")]
    [InlineData("\"dust\": \"294\"", "\"dust\": \"-1\"", "dust")]
    [InlineData("\"livemode\": true", "\"live\": true", "cannot be read")]
    [InlineData("\"name\": \"anvil\"", "\"name\": \"evm-test\"", "address space")]
    [InlineData("\"name\": \"bitcoin-regtest\"", "\"name\": \"evm-live\"", "address space")]
    [InlineData("\"finality_lag\": 96", "\"finality_lag\": 0", "finality_lag")]
    [InlineData("\"max_gas_gwei\": 500,", "", "anvil: max_gas_gwei")]
    [InlineData("\"max_head_age\": \"03:00:00\",", "", "bitcoin: max_head_age")]
    [InlineData("\"max_head_age\": \"00:05:00\"", "\"max_head_age\": \"00:00:05\"", "max_head_age")]
    [InlineData("\"slip44\": 966,", "\"slip44\": 966, \"verify_balance\": true,", "for tokens only")]
    [InlineData("\"slip44\": 966,", "\"slip44\": 966, \"plausible_supply\": \"1e9\",", "plausible_supply")]
    public void A_wrong_entry_is_refused_by_what_is_wrong(string right, string wrong, string says)
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, File.ReadAllText(Standard).Replace(right, wrong, StringComparison.Ordinal));
        try
        {
            Refuses(says, ("CoinPay:NetworksFile", file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Standard => Path.Combine(RepositoryFiles.Root, "src/CoinPay.Chains/networks.json");

    private static string[] Names() =>
    [
        .. JsonElement.Parse(File.ReadAllText(Standard)).EnumerateArray()
            .Select(entry => entry.GetProperty("name").GetString()!),
    ];

    private static void Refuses(string says, params (string Name, string Value)[] settings) =>
        Assert.Contains(says, Assert.Throws<SettingsException>(() => Load(settings)).Message, StringComparison.Ordinal);

    private static IReadOnlyList<Network> Load(params (string Name, string Value)[] settings)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                [new("AZURE_FUNCTIONS_ENVIRONMENT", "Development"), new("CoinPay:NetworksFile", Standard)])
            .AddInMemoryCollection(
                settings.Select(setting => new KeyValuePair<string, string?>(setting.Name, setting.Value)))
            .Build();
        return NetworkConfiguration.Load(configuration, GatewaySettings.IsDevelopmentOf(configuration));
    }
}
