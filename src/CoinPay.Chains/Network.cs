using System.Numerics;
using CoinPay.Core;

namespace CoinPay.Chains;

/// <summary>
/// One configured network, from networks.json, overridden by <c>CoinPay:Networks:name:…</c> settings.
/// </summary>
public sealed record Network
{
    /// <summary>Short name, used in URLs and keys: <c>anvil</c>, <c>bitcoin-regtest</c>.</summary>
    public required string Name { get; init; }

    /// <summary>CAIP-2 id: <c>eip155:31337</c>, <c>bip122:0f9188f13cb7b2c71f2a335e3a4fc328</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The family of networks that it belongs to.</summary>
    public required INetworkFamily Family { get; init; }

    /// <summary>False if its coins have no value: only <c>cp_test_</c> keys see it.</summary>
    public bool Livemode { get; init; }

    /// <summary>Only for a development machine; a production start refuses it.</summary>
    public bool Development { get; init; }

    /// <summary>JSON-RPC address of the node; <see cref="NodeAccess.SecretAddress"/> if that is a secret.</summary>
    public required Uri Rpc { get; init; }

    /// <summary>The node's secrets; null for a node without any.</summary>
    public INodeCredentials? Credentials { get; init; }

    /// <summary>Bitcoin family: <c>bitcoin</c> or <c>litecoin</c>, and <c>main test signet regtest</c>.</summary>
    public string? Coin { get; init; }

    public string? Chain { get; init; }

    /// <summary>
    /// EVM: <c>evm</c> if forwarders have the address that the EVM gives them; <c>none</c> on chains with their own
    /// rules.
    /// </summary>
    public string? Create2 { get; init; }

    /// <summary>EVM: the address of ForwarderFactory, the same on every chain with the EVM's own CREATE2.</summary>
    public string? Factory { get; init; }

    /// <summary>
    /// The number of blocks that <c>finalized</c> can trail the head before finality counts as stalled; null if the
    /// network has no finality.
    /// </summary>
    public long? FinalityLag { get; init; }

    /// <summary>
    /// How old the head can be before the node no longer counts as following the network: far more than the network ever takes to
    /// a block. Null for a development chain, which mines on demand.
    /// </summary>
    public TimeSpan? MaxHeadAge { get; init; }

    /// <summary>EVM: the most that the gas wallet pays for a unit of gas, in base units of the coin.</summary>
    public BigInteger MaxGasPrice { get; init; } = 500_000_000_000;

    /// <summary>The interval between polls.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The depth in blocks that a payment needs if no policy of the merchant says otherwise.</summary>
    public required int Confirmations { get; init; }

    /// <summary>
    /// A payment that has not reached the required depth after this long has stalled, and a person is notified.
    /// </summary>
    public TimeSpan ConfirmationLimit { get; init; } = TimeSpan.FromHours(24);

    public required IReadOnlyList<NetworkAsset> Assets { get; init; }

    /// <summary>The networks on which one address belongs to one invoice, whichever of them it is paid on.</summary>
    public string AddressSpace => Family.SpaceOf(this);

    /// <summary>
    /// Whether the head is too far ahead of the last finalized block, or no block is finalized although one should be.
    /// </summary>
    public bool IsFinalityStalled(ChainHead head) =>
        FinalityLag is { } most && head.Height - (head.Finalized ?? 0) > most;

    /// <summary>
    /// Whether the head is so old that the node probably follows the network no longer, although it may claim to be in sync. What it
    /// shows is still evidence; what it does not show is unknown.
    /// </summary>
    public bool IsStale(ChainHead head, DateTimeOffset now) => MaxHeadAge is { } most && now - head.Time > most;

    /// <summary>Not the URL, which can hold a key.</summary>
    public override string ToString() => Name;

    /// <summary>The number in an <c>eip155:</c> id.</summary>
    public long ChainId => long.Parse(Id.AsSpan(Id.IndexOf(':', StringComparison.Ordinal) + 1));
}

/// <summary>An asset that is accepted on a network.</summary>
public sealed record NetworkAsset
{
    public required Asset Asset { get; init; }

    /// <summary>The token's contract, checksummed; null for the network's own coin.</summary>
    public string? Contract { get; init; }

    /// <summary>A transfer below this many base units is dust: counted, never credited.</summary>
    public BigInteger Dust { get; init; }

    /// <summary>
    /// A token that keeps a fee of each transfer, rebases, or has unreliable logs: credited only as far as the
    /// recipient's balance shows it.
    /// </summary>
    public bool VerifyBalance { get; init; }

    /// <summary>A transfer of more than this many base units is implausible, and a person has to check it.</summary>
    public BigInteger PlausibleSupply { get; init; } = BigInteger.One << 127;
}
