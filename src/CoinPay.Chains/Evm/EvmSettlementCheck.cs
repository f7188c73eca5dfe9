using System.Text.Json;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;
using Nethereum.Contracts.Standards.ERC20.ContractDefinition;

namespace CoinPay.Chains.Evm;

/// <summary>
/// Asks the node whether a contract at a settlement address would take the money and could give it back. An address
/// without code is an ordinary account.
/// </summary>
internal sealed class EvmSettlementCheck(Network network, JsonRpc rpc)
{
    private const string NoCode = "0x";

    /// <summary>Nobody's account, which the simulation gives a coin to send from.</summary>
    private const string Payer = "0xc01d9a7c01d9a7c01d9a7c01d9a7c01d9a7c01d9";
    private const string OneCoin = "0xde0b6b3a7640000";

    private static readonly string Decimals = ContractAbi.DataOf(new DecimalsFunction());
    private static readonly string TotalSupply = ContractAbi.DataOf(new TotalSupplyFunction());

    /// <summary>Returns why money sent there would be lost; null if the chain shows nothing against it.</summary>
    /// <exception cref="ChainUnknownException">The node serves another chain, or gave no usable answer.</exception>
    public async Task<string?> FindLossAsync(string address, CancellationToken cancellation)
    {
        RpcAnswer<JsonElement>[] answers = await rpc.BatchAsync<JsonElement>(
            [
                new RpcCall("eth_chainId"),
                new RpcCall("eth_syncing"),
                new RpcCall("eth_getCode", address, "latest"),
                new RpcCall("eth_call", new { to = address, data = Decimals }, "latest"),
                new RpcCall("eth_call", new { to = address, data = TotalSupply }, "latest"),
                Payment(address),
            ],
            cancellation);
        if (Quantity.Number(Text(answers[0], "eth_chainId")) != network.ChainId)
            throw new ChainUnknownException(network.Name, "the node serves another chain");
        // A contract deployed after the block that it has reached would look like an account.
        if (EvmChain.IsSyncing(answers[1]))
            throw new ChainUnknownException(network.Name, "the node has not caught up");
        string code = Text(answers[2], "eth_getCode");
        if (code == NoCode)
            return null;
        if (ContractCode.IsForwarder(code))
            return "This is the address of an invoice (a forwarder), not of a wallet.";
        if (ContractCode.IsFactory(code))
            return "This is a forwarder factory, which keeps no money for anyone.";
        if (IsNumber(answers[3]) && IsNumber(answers[4]))
            return "This is the contract of a token: what is sent to a token's own contract is lost.";
        bool takesCoin = network.Assets.Any(asset => asset.Contract is null);
        return takesCoin && IsRefused(answers[5])
            ? $"This is a contract that refuses {network.Assets.First(asset => asset.Contract is null).Asset.Symbol} "
                + "(it has no receive function that accepts a plain transfer)."
            : null;
    }

    /// <summary>One base unit of the coin, as a forwarder would send it, with the balance set for this call only.</summary>
    private static RpcCall Payment(string address) => new(
        "eth_call",
        new { from = Payer, to = address, value = "0x1" },
        "latest",
        new Dictionary<string, object>(StringComparer.Ordinal) { [Payer] = new { balance = OneCoin } });

    private bool IsNumber(RpcAnswer<JsonElement> answer)
    {
        const int wordLength = 2 + 64;
        return !IsRefused(answer) && Text(answer, "eth_call").Length == wordLength;
    }

    /// <summary>Whether the contract itself refused; any other error is no answer.</summary>
    private bool IsRefused(RpcAnswer<JsonElement> answer) => answer.Error switch
    {
        null => false,
        { } error when EvmFailures.IsOfContract(error) => true,
        { } error => throw new ChainUnknownException(network.Name, $"eth_call: {error.Message} ({error.Code})"),
    };

    private string Text(RpcAnswer<JsonElement> answer, string method) => rpc.Read<string>(rpc.ResultOf(answer, method));

    [Function("totalSupply", "uint256")]
    private sealed class TotalSupplyFunction : FunctionMessage;
}
