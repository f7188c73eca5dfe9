using System.Text.Json;
using CoinPay.Chains.Bitcoin;
using CoinPay.Chains.Evm;
using CoinPay.Testing.Chains;
using Xunit;

namespace CoinPay.Chains.Tests;

/// <summary>Settings compared with what a node says about its chain.</summary>
public sealed class SettingsCheckTests
{
    private const string Token = "0xdAC17F958D2ee523a2206206994597C13D831ec7";
    private const string WrongFactory = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
    private static readonly FakeNode.Refused Reverted = new(3, "execution reverted");

    private sealed record Chain(
        string ChainId = "0x7a69", object? Syncing = null, object? Decimals = null, string FactoryCode = "0x", object? Forwarder = null,
        object? Deployed = null);

    [Fact]
    public async Task A_chain_that_shows_what_is_configured_confirms_every_asset() =>
        Assert.All(await CompareAsync(new()), finding => Assert.Null(finding.Difference));

    [Fact]
    public async Task A_token_with_other_decimals_is_refused_and_the_others_are_not()
    {
        IReadOnlyList<AssetFinding> findings = await CompareAsync(new(Decimals: Word(18)));
        Assert.Null(findings[0].Difference);
        Assert.Equal(
            $"USDT on anvil has 6 decimals in networks.json, but its contract {Token} (BSCUSD) says 18.", findings[1].Difference);
    }

    [Fact]
    public async Task A_contract_without_decimals_and_an_address_without_contract_are_told_apart()
    {
        Assert.Contains("has no decimals()", (await CompareAsync(new(Decimals: Reverted)))[1].Difference, StringComparison.Ordinal);
        Assert.Contains("There is no token at", (await CompareAsync(new(Decimals: "0x")))[1].Difference, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_chain_id_refuses_the_whole_network() => Assert.All(
        await CompareAsync(new(ChainId: "0x38")),
        finding => Assert.Equal("anvil has the chain id 31337, but the node's is 56.", finding.Difference));

    [Fact]
    public async Task A_wrong_factory_refuses_the_whole_network()
    {
        Assert.All(
            await CompareAsync(new(), WrongFactory),
            finding => Assert.Contains($"There is no contract at {WrongFactory}", finding.Difference, StringComparison.Ordinal));
        Assert.All(
            await CompareAsync(new(FactoryCode: "0x6080"), WrongFactory),
            finding => Assert.Contains("is not the forwarder factory of this build", finding.Difference, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_factory_that_gives_other_addresses_than_we_compute_is_refused()
    {
        string code = FactoryCode();
        Assert.All(
            await CompareAsync(new(FactoryCode: code, Forwarder: "0x" + new string('0', 24) + new string('1', 40))),
            finding => Assert.Contains("but we compute", finding.Difference, StringComparison.Ordinal));
        Assert.All(
            await CompareAsync(new(FactoryCode: code, Forwarder: Reverted)),
            finding => Assert.Contains("but we compute", finding.Difference, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0x", "nor a deployment proxy")]
    [InlineData("0x1111111111111111111111111111111111111111", "would put the factory at 0x1111")]
    public async Task A_missing_factory_that_could_never_be_deployed_is_refused(string deployed, string says) => Assert.All(
        await CompareAsync(new(Deployed: deployed)), finding => Assert.Contains(says, finding.Difference, StringComparison.Ordinal));

    [Fact]
    public async Task An_error_of_the_node_is_no_difference()
    {
        FakeNode.Refused limited = new(-32005, "rate limit exceeded");
        await Assert.ThrowsAsync<ChainUnknownException>(() => CompareAsync(new(Decimals: limited)));
        await Assert.ThrowsAsync<ChainUnknownException>(() => CompareAsync(new(Deployed: limited)));
        await Assert.ThrowsAsync<ChainUnknownException>(() => CompareAsync(new(Syncing: new { currentBlock = "0x1" }, Decimals: "0x")));
    }

    [Theory]
    [InlineData("0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206", "regtest", null)]
    [InlineData("000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f", "main", "genesis block is 000000000019d6")]
    [InlineData("0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206", "signet", "but the node's is signet")]
    public async Task A_Bitcoin_node_of_another_chain_is_refused(string genesis, string chain, string? says)
    {
        BitcoinChain source = new FakeNode((method, _) => method switch
        {
            "getblockhash" => genesis,
            "getblockchaininfo" => new { chain },
            _ => throw new InvalidOperationException(method),
        }).Bitcoin();
        AssetFinding finding = Assert.Single(await source.CompareAsync(CancellationToken.None));
        Assert.Equal(says is null, finding.Difference is null);
        Assert.Contains(says ?? "", finding.Difference ?? "", StringComparison.Ordinal);
    }

    private static string Word(int number) => "0x" + number.ToString("x64");

    private static string FactoryCode()
    {
        using JsonDocument artifact = JsonDocument.Parse(
            typeof(EvmChain).Assembly.GetManifestResourceStream("contracts/ForwarderFactory.json")!);
        return artifact.RootElement.GetProperty("deployedBytecode").GetString()!;
    }

    private static Task<IReadOnlyList<AssetFinding>> CompareAsync(Chain chain, string? factory = null)
    {
        FakeNode node = new((method, parameters) => method switch
        {
            "eth_chainId" => chain.ChainId,
            "eth_syncing" => chain.Syncing ?? false,
            "eth_getCode" => chain.FactoryCode,
            "eth_call" => Called(chain, parameters[0].GetProperty("to").GetString()!, parameters[0].GetProperty("data").GetString()!),
            _ => throw new InvalidOperationException(method),
        });
        Network network = TestNetworks.Evm(new Uri("http://127.0.0.1:1"), 31337, Token) with { Factory = factory ?? ForwarderFactory.Address };
        return new EvmChain(network, new HttpClient(node, disposeHandler: false), TimeProvider.System).CompareAsync(CancellationToken.None);
    }

    private static object Called(Chain chain, string to, string data) => (to, data) switch
    {
        (ForwarderFactory.DeploymentProxy, _) => chain.Deployed ?? ForwarderFactory.Address.ToLowerInvariant(),
        (Token, "0x313ce567") => chain.Decimals ?? Word(6),
        (Token, _) => Word(32) + Word(7)[2..] + Convert.ToHexStringLower("BSC-USD"u8).PadRight(64, '0'),
        _ => chain.Forwarder ?? "0x",
    };
}
