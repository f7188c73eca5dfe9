using System.Text.Json;
using CoinPay.Chains.Evm;
using Xunit;

namespace CoinPay.Chains.Tests;

/// <summary>What a node's answers say about a settlement address.</summary>
public sealed class SettlementAddressTests
{
    private const string Address = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
    private const string Wallet = "0x6080604052";
    private static readonly string Word = "0x" + new string('0', 63) + "6";
    private static readonly FakeNode.Refused Reverted = new(3, "execution reverted");

    [Fact]
    public async Task An_account_without_code_is_accepted() => Assert.Null(await FindAsync("0x", Reverted, Reverted));

    [Fact]
    public async Task A_contract_wallet_that_takes_ether_is_accepted() => Assert.Null(await FindAsync(Wallet, Reverted, "0x"));

    [Theory]
    [InlineData(3, "execution reverted")]
    [InlineData(-32000, "invalid opcode: opcode 0xfe not defined")]
    [InlineData(-32015, "VM execution error.")]
    [InlineData(-32603, "EVM error InvalidFEOpcode")]
    public async Task A_contract_that_refuses_ether_is_named(int code, string message) => Assert.Contains(
        "refuses ETH", await FindAsync(Wallet, Reverted, new FakeNode.Refused(code, message)), StringComparison.Ordinal);

    [Fact]
    public async Task A_token_that_is_on_no_list_is_named() =>
        Assert.Contains("contract of a token", await FindAsync(Wallet, Word, "0x"), StringComparison.Ordinal);

    [Fact]
    public async Task A_forwarder_is_recognised_by_its_code_whatever_its_settlement_address() => Assert.Contains(
        "address of an invoice", await FindAsync(ForwarderTo(Address), Reverted, "0x"), StringComparison.Ordinal);

    [Fact]
    public async Task Code_that_differs_from_a_forwarder_elsewhere_is_not_one() =>
        Assert.Null(await FindAsync(ForwarderTo(Address)[..^2] + "01", Reverted, "0x"));

    [Theory]
    [InlineData(-32005, "rate limit exceeded")]
    [InlineData(-32602, "too many arguments, want at most 2")]
    [InlineData(-32000, "insufficient funds for transfer")]
    public async Task An_error_that_is_not_the_contracts_is_unknown(int code, string message) =>
        await Assert.ThrowsAsync<ChainUnknownException>(() => FindAsync(Wallet, Reverted, new FakeNode.Refused(code, message)));

    [Fact]
    public async Task A_node_that_has_not_caught_up_says_nothing() => await Assert.ThrowsAsync<ChainUnknownException>(
        () => FindAsync("0x", Reverted, "0x", syncing: new { currentBlock = "0x1", highestBlock = "0x9" }));

    [Fact]
    public async Task A_node_of_another_chain_says_nothing() =>
        await Assert.ThrowsAsync<ChainUnknownException>(() => FindAsync("0x", Reverted, "0x", chainId: "0x1"));

    private static string ForwarderTo(string settlement)
    {
        using JsonDocument artifact = JsonDocument.Parse(
            typeof(EvmChain).Assembly.GetManifestResourceStream("contracts/Forwarder.json")!);
        string filled = "7f" + settlement[2..].ToLowerInvariant().PadLeft(64, '0');
        return artifact.RootElement.GetProperty("deployedBytecode").GetString()!
            .Replace("7f" + new string('0', 64), filled, StringComparison.Ordinal);
    }

    /// <param name="asToken">The answer to decimals() and totalSupply().</param>
    /// <param name="payment">The answer to a payment of one base unit.</param>
    private static Task<string?> FindAsync(string code, object asToken, object payment, string chainId = "0x7a69", object? syncing = null) =>
        new FakeNode((method, parameters) => method switch
        {
            "eth_chainId" => chainId,
            "eth_syncing" => syncing ?? false,
            "eth_getCode" => code,
            "eth_call" => parameters[0].TryGetProperty("value", out _) ? payment : asToken,
            _ => throw new InvalidOperationException(method),
        }).Evm().FindLossAsync(Address, CancellationToken.None);
}
