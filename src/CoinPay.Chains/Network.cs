using System.Numerics;
using CoinPay.Core;

namespace CoinPay.Chains;

/// <summary>One configured network. It comes from networks.json, overridden by <c>CoinPay:Networks:name:…</c> settings.</summary>
public sealed record Network
{
    /// <summary>Short name, used in URLs and keys: <c>anvil</c>, <c>bitcoin-regtest</c>.</summary>
    public required string Name { get; init; }

    /// <summary>CAIP-2 id: <c>eip155:31337</c>, <c>bip122:0f9188f13cb7b2c71f2a335e3a4fc328</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What it has in common with others of its kind.</summary>
    public required INetworkFamily Family { get; init; }

    /// <summary>False for a network whose coins are play money: only <c>cp_test_</c> keys see it.</summary>
    public bool Livemode { get; init; }

    /// <summary>Only for a development machine; a production start refuses it.</summary>
    public bool Development { get; init; }

    /// <summary>JSON-RPC address of the node. Credentials come through the secrets seam, not from here.</summary>
    public required Uri Rpc { get; init; }

    /// <summary>Bitcoin family: <c>bitcoin</c> or <c>litecoin</c>, and <c>main test signet regtest</c>.</summary>
    public string? Coin { get; init; }

    public string? Chain { get; init; }

    /// <summary>
    /// EVM: <c>evm</c> where forwarders have the address that the EVM gives them; <c>none</c> on chains with rules of their own.
    /// </summary>
    public string? Create2 { get; init; }

    /// <summary>EVM: the address of ForwarderFactory, the same on every chain with the EVM's own CREATE2.</summary>
    public string? Factory { get; init; }

    /// <summary>
    /// How many blocks <c>finalized</c> may trail the head before finality counts as stalled; null where the network has
    /// no finality.
    /// </summary>
    public long? FinalityLag { get; init; }

    /// <summary>How often the poller looks.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Blocks a payment must be deep in when no policy of the merchant says otherwise.</summary>
    public required int Confirmations { get; init; }

    /// <summary>A payment that is not as deep as asked after this long has stalled, and a person is told.</summary>
    public TimeSpan ConfirmationLimit { get; init; } = TimeSpan.FromHours(24);

    public required IReadOnlyList<NetworkAsset> Assets { get; init; }

    /// <summary>Networks on which one address belongs to one invoice, whichever of them it is paid on.</summary>
    public string AddressSpace => Family.SpaceOf(this);

    /// <summary>Whether the head has run away from the last finalized block, or no block is finalized that should be.</summary>
    public bool IsFinalityStalled(ChainHead head) =>
        FinalityLag is { } most && head.Height - (head.Finalized ?? 0) > most;

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
    /// A token that keeps a fee of each transfer, rebases, or whose logs are not to be believed: credited only as far as
    /// the recipient's balance shows it.
    /// </summary>
    public bool VerifyBalance { get; init; }

    /// <summary>More than this many base units in one transfer cannot be: such a transfer is for a person to look at.</summary>
    public BigInteger PlausibleSupply { get; init; } = BigInteger.One << 127;
}
