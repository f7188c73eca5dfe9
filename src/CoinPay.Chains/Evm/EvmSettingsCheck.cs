using System.Numerics;
using System.Text;
using System.Text.Json;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;
using Nethereum.Contracts.Standards.ERC20.ContractDefinition;
using Nethereum.Hex.HexConvertors.Extensions;

namespace CoinPay.Chains.Evm;

/// <summary>
/// Compares a network's settings with what its chain says: the chain id, each token's <c>decimals()</c>, and that
/// forwarders can be deployed at the addresses that invoices get.
/// </summary>
internal sealed class EvmSettingsCheck(Network network, JsonRpc rpc)
{
    private const string NoData = "0x";
    private const int MaxSymbolLength = 20;
    private static readonly string Decimals = ContractAbi.DataOf(new DecimalsFunction());
    private static readonly string Symbol = ContractAbi.DataOf(new SymbolFunction());

    /// <summary>Any invoice's forwarder: our own computation and the chain's must give the same address.</summary>
    private static readonly string ProbeSettlement = "0xc01d9a7c01d9a7c01d9a7c01d9a7c01d9a7c01d9";
    private static readonly string ProbeSalt = ForwarderAddress.SaltOf("inv_probe");

    /// <summary>Returns every asset with its difference, if it has one.</summary>
    /// <exception cref="ChainUnknownException">The node gave no usable answer to one of the questions.</exception>
    public async Task<IReadOnlyList<AssetFinding>> CompareAsync(CancellationToken cancellation)
    {
        RpcAnswer<JsonElement>[] answers = await rpc.BatchAsync<JsonElement>(
            [new RpcCall("eth_chainId"), new RpcCall("eth_syncing")], cancellation);
        BigInteger chainId = Quantity.Number(rpc.Read<string>(rpc.ResultOf(answers[0], "eth_chainId")));
        string? difference = null;
        if (chainId != network.ChainId)
            difference = $"{network.Name} has the chain id {network.ChainId}, but the node's is {chainId}.";
        else if (EvmChain.IsSyncing(answers[1]))
            throw new ChainUnknownException(network.Name, "the node has not caught up");
        else if (network.Factory is { } factory)
            difference = await FindFactoryDifferenceAsync(factory, cancellation);
        List<AssetFinding> findings = [];
        foreach (NetworkAsset asset in network.Assets)
            findings.Add(new(asset, difference ?? await FindTokenDifferenceAsync(asset, cancellation)));
        return findings;
    }

    private async Task<string?> FindTokenDifferenceAsync(NetworkAsset asset, CancellationToken cancellation)
    {
        if (asset.Contract is not { } contract)
            return null;
        RpcAnswer<JsonElement>[] answers = await rpc.BatchAsync<JsonElement>(
            [CallOf(contract, Decimals), CallOf(contract, Symbol)], cancellation);
        string name = $"{asset.Asset.Symbol} on {network.Name}";
        if (ResultOf(answers[0]) is not { } decimals)
            return $"The contract of {name}, {contract}, has no decimals().";
        if (decimals == NoData)
            return $"There is no token at {contract}, the contract of {name}.";
        BigInteger shown = ContractAbi.NumberOf(decimals);
        return shown == asset.Asset.Decimals
            ? null
            : $"{name} has {asset.Asset.Decimals} decimals in networks.json, but its contract {contract}"
                + $"{SymbolIn(answers[1])} says {shown}.";
    }

    private async Task<string?> FindFactoryDifferenceAsync(string factory, CancellationToken cancellation)
    {
        RpcAnswer<JsonElement>[] answers = await rpc.BatchAsync<JsonElement>(
            [
                new RpcCall("eth_getCode", factory, "latest"),
                CallOf(factory, ContractAbi.DataOf(new AddressOfFunction { Settlement = ProbeSettlement, Salt = ProbeSalt.HexToByteArray() })),
                CallOf(ForwarderFactory.DeploymentProxy, ForwarderFactory.Deployment),
            ],
            cancellation);
        string code = rpc.Read<string>(rpc.ResultOf(answers[0], "eth_getCode"));
        if (code == NoData)
            return FindUndeployedDifference(factory, ResultOf(answers[2]));
        if (!ContractCode.IsFactory(code))
            return $"The contract at {factory}, the factory of {network.Name}, is not the forwarder factory of this build.";
        string expected = ForwarderAddress.Compute(factory, ProbeSettlement, ProbeSalt).Address;
        string? shown = ResultOf(answers[1]);
        return shown is not null && IsAddress(shown, expected)
            ? null
            : $"The factory of {network.Name}, {factory}, gives a forwarder the address {shown}, but we compute {expected}.";
    }

    /// <summary>A factory that is missing is no difference if deploying it, which anybody can, puts it exactly there.</summary>
    private string? FindUndeployedDifference(string factory, string? deployed)
    {
        if (!string.Equals(factory, ForwarderFactory.Address, StringComparison.OrdinalIgnoreCase))
            return $"There is no contract at {factory}, the factory of {network.Name}, and this build's would be at "
                + $"{ForwarderFactory.Address}.";
        if (deployed is null or NoData)
            return $"{network.Name} has neither the forwarder factory {factory} nor a deployment proxy at "
                + $"{ForwarderFactory.DeploymentProxy} to deploy it.";
        return IsAddress(deployed, factory)
            ? null
            : $"The deployment proxy of {network.Name} would put the factory at {deployed}, not at {factory}.";
    }

    /// <summary>Returns the data of an answer; null if the contract itself failed. Any other error is no answer.</summary>
    private string? ResultOf(RpcAnswer<JsonElement> answer) => answer.Error switch
    {
        null => rpc.Read<string>(answer.Result),
        { } error when EvmFailures.IsOfContract(error) => null,
        { } error => throw new ChainUnknownException(network.Name, $"eth_call: {error.Message} ({error.Code})"),
    };

    /// <summary>What the contract calls itself, for people; a contract can write anything there.</summary>
    private string SymbolIn(RpcAnswer<JsonElement> answer)
    {
        if (answer.Error is not null || !rpc.Read<string>(answer.Result).HasHexPrefix())
            return "";
        string text = Encoding.ASCII.GetString(rpc.Read<string>(answer.Result).HexToByteArray());
        string symbol = string.Concat(text.Where(char.IsAsciiLetterOrDigit).Take(MaxSymbolLength));
        return symbol.Length == 0 ? "" : $" ({symbol})";
    }

    /// <summary>Compares the last 20 bytes: a contract returns a word, the proxy 20 bytes.</summary>
    private static bool IsAddress(string data, string address) => data.EndsWith(address[2..], StringComparison.OrdinalIgnoreCase);

    private static RpcCall CallOf(string to, string data) => new("eth_call", new { to, data }, "latest");

    /// <summary><c>addressOf(address settlement, bytes32 salt)</c> of src/contracts/ForwarderFactory.sol.</summary>
    [Function("addressOf", "address")]
    private sealed class AddressOfFunction : FunctionMessage
    {
        [Parameter("address", "settlement", 1)]
        public string Settlement { get; set; } = "";

        [Parameter("bytes32", "salt", 2)]
        public byte[] Salt { get; set; } = [];
    }
}
