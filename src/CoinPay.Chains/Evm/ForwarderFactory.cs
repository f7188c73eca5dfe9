using System.Text.Json;
using Nethereum.Hex.HexConvertors.Extensions;
using Nethereum.Util;

namespace CoinPay.Chains.Evm;

/// <summary>Identifies a forwarder to the factory.</summary>
public sealed record Forwarding(string SettlementAddress, string Salt);

/// <summary>A sweep. Money that could not be moved stayed where it was.</summary>
/// <param name="TransactionHash">The mined transaction; null if there was nothing to move.</param>
/// <param name="Failed">Forwarder and token (the zero address: the chain's coin), in lower case.</param>
public sealed record Flush(string? TransactionHash, IReadOnlyList<(string Forwarder, string Token)> Failed);

/// <summary>
/// src/contracts/ForwarderFactory.sol on one network: deployed without a key, so that it has the same address
/// everywhere, and called to sweep forwarders.
/// </summary>
public sealed class ForwarderFactory(Network network, HttpClient http, GasWallet? wallet, TimeProvider time)
{
    /// <summary>
    /// Arachnid's deterministic deployment proxy. Source: https://github.com/Arachnid/deterministic-deployment-proxy
    /// </summary>
    public const string DeploymentProxy = "0x4e59b44847b379578588920cA78FbF26c0B4956C";

    /// <summary>Far below a block's gas limit, even if each forwarder has to be deployed.</summary>
    public const int MaxForwardings = 50;
    private static readonly string Salt = new byte[32].ToHex(prefix: true);
    private static readonly string FlushFailed =
        Sha3Keccack.Current.CalculateHash("FlushFailed(address,address)").EnsureHexPrefix();

    /// <summary>The address of this build's code on every chain with the EVM's own CREATE2.</summary>
    public static string Address { get; } = AddressUtil.Current.ConvertToChecksumAddress(
        ContractUtils.CalculateCreate2Address(DeploymentProxy, Salt, ContractCode.ForwarderFactory));

    /// <summary>The data of the call with which the proxy deploys the factory; simulated, it returns the address.</summary>
    internal static string Deployment => Salt + ContractCode.ForwarderFactory.RemoveHexPrefix();

    private readonly JsonRpc _rpc = new(network.Name, network.Rpc, http, network.Credentials, time);

    private GasWallet Wallet => wallet ?? throw new TransactionFailedException($"{network.Name}: no gas wallet is configured");

    /// <summary>Whether the network's factory is deployed.</summary>
    public Task<bool> StandsAsync(CancellationToken cancellation) => HasCodeAsync(network.Factory!, cancellation);

    /// <summary>Whether a contract exists at an address.</summary>
    public async Task<bool> HasCodeAsync(string address, CancellationToken cancellation) =>
        (await _rpc.CallAsync<string>("eth_getCode", cancellation, address, "latest")).Length > "0x".Length;

    /// <summary>Deploys the factory if it is missing; returns true if it did.</summary>
    /// <exception cref="TransactionFailedException">
    /// The network names another factory, or has no deployment proxy.
    /// </exception>
    public async Task<bool> EnsureDeployedAsync(CancellationToken cancellation)
    {
        if (!string.Equals(network.Factory, Address, StringComparison.OrdinalIgnoreCase))
            throw new TransactionFailedException($"{network.Name} names the factory {network.Factory}, not {Address}");
        if (await HasCodeAsync(Address, cancellation))
            return false;
        if (!await HasCodeAsync(DeploymentProxy, cancellation))
            throw new TransactionFailedException($"{network.Name} has no deployment proxy at {DeploymentProxy}");
        return await Wallet.SendAsync(null, DeployAsync, cancellation) is not null;
    }

    /// <summary>
    /// Moves every token's whole balance of every forwarder to its settlement address, deploying missing forwarders. Where
    /// there is nothing to move nothing is sent, so a second flush at the same time, or after a crash, is harmless.
    /// </summary>
    /// <param name="forwardings">At most <see cref="MaxForwardings"/>.</param>
    /// <param name="tokens">Contracts, and <see cref="EvmAddress.NativeCoin"/>.</param>
    /// <param name="onceId">
    /// Names the request: if its transaction was the wallet's last and is mined, the same result is returned again.
    /// </param>
    /// <param name="cancellation">Cancels waiting.</param>
    public async Task<Flush> FlushAsync(
        IReadOnlyList<Forwarding> forwardings, IReadOnlyList<string> tokens, string? onceId, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(forwardings.Count, MaxForwardings);
        return await Wallet.SendAsync(onceId, token => PlanAsync(forwardings, tokens, token), cancellation) is { } receipt
            ? new Flush(receipt.GetProperty("transactionHash").GetString(), [.. FailuresIn(receipt)])
            : new Flush(null, []);
    }

    private async Task<GasCall?> DeployAsync(CancellationToken cancellation) => await HasCodeAsync(Address, cancellation)
        ? null
        : new GasCall(DeploymentProxy, 0, Deployment);

    /// <summary>A flush of those forwarders and tokens that have something to move; null if none has.</summary>
    private async Task<GasCall?> PlanAsync(
        IReadOnlyList<Forwarding> forwardings, IReadOnlyList<string> tokens, CancellationToken cancellation)
    {
        // Otherwise the call would go to an address without code, and succeed without doing anything.
        if (!await StandsAsync(cancellation))
            throw new TransactionFailedException($"{network.Name} has no forwarder factory at {network.Factory} yet");
        ForwarderBalances balances = new(network, _rpc);
        IReadOnlyList<ForwarderBalance> found = await balances.FindAsync(forwardings, tokens, cancellation);
        if (found.Count == 0)
            return null;
        string data = FlushCall(
            [.. found.Select(balance => balance.Forwarding).Distinct()], [.. found.Select(balance => balance.Token).Distinct()]);
        return new GasCall(network.Factory!, 0, data, await balances.GasAsync(found, cancellation));
    }

    /// <summary>Returns the data of a call of the factory's <c>flush</c>.</summary>
    internal static string FlushCall(IReadOnlyList<Forwarding> forwardings, IReadOnlyList<string> tokens) =>
        ContractAbi.DataOf(new FlushFunction
        {
            Forwardings = [.. forwardings.Select(forwarding => new ForwardingTuple
            {
                Settlement = forwarding.SettlementAddress,
                Salt = forwarding.Salt.HexToByteArray(),
            })],
            Tokens = [.. tokens],
        });

    private IEnumerable<(string Forwarder, string Token)> FailuresIn(JsonElement receipt) =>
        from log in receipt.GetProperty("logs").EnumerateArray()
        let topics = log.GetProperty("topics").EnumerateArray().Select(topic => topic.GetString()!).ToArray()
        let emitter = log.GetProperty("address").GetString()
        where topics is [_, _, _] && topics[0] == FlushFailed
            && string.Equals(emitter, network.Factory, StringComparison.OrdinalIgnoreCase)
        select (ContractAbi.AddressOf(topics[1]), ContractAbi.AddressOf(topics[2]));
}
