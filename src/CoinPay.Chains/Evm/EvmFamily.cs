using System.Text.RegularExpressions;
using CoinPay.Core;

namespace CoinPay.Chains.Evm;

/// <summary>
/// Chains with the Ethereum Virtual Machine and its JSON-RPC: accounts, tokens by contract, finality tags.
/// </summary>
public sealed partial class EvmFamily : INetworkFamily
{
    public static EvmFamily Instance { get; } = new();

    private const int CoinDecimals = 18;
    private const string LiveForwarders = "evm-live";
    private const string TestForwarders = "evm-test";

    private EvmFamily()
    {
    }

    public string Name => "evm";

    public IWalletKind WalletKind { get; } = new ForwarderWallet();

    public bool HasFinalityTags => true;

    public StringComparison AssetIds => StringComparison.OrdinalIgnoreCase;

    /// <summary>
    /// A forwarder has the same address on every chain with the EVM's own CREATE2. Main and test networks are kept
    /// separate.
    /// </summary>
    public string SpaceOf(Network network) => (network.Factory, network.Livemode) switch
    {
        (null, _) => network.Name,
        (_, true) => LiveForwarders,
        (_, false) => TestForwarders,
    };

    public IReadOnlyList<string> SharedSpaces { get; } = [LiveForwarders, TestForwarders];

    /// <summary>
    /// A contract can pay the chain's own coin without a log, and a plain transfer has no log either.
    /// </summary>
    public bool MayComeUnseen(NetworkAsset asset) => asset.Contract is null;

    /// <summary>EIP-681.</summary>
    public string PaymentUri(Network network, NetworkAsset asset, string address, Amount due) => asset.Contract is { } contract
        ? $"ethereum:{contract}@{network.ChainId}/transfer?address={address}&uint256={due.Base}"
        : $"ethereum:{address}@{network.ChainId}?value={due.Base}";

    public string? ReadTransaction(string text) => HashForm().IsMatch(text) ? Prefixed(text) : null;

    public string? ReadAddress(Network network, string text) => AddressForm().IsMatch(text) ? Prefixed(text) : null;

    public string? MistakeIn(Network network)
    {
        if (!IdForm().IsMatch(network.Id))
            return "id: eip155:<chain id>";
        if (network.Create2 is not ("evm" or "none"))
            return "create2: evm or none";
        if (network.Create2 == "evm" && !EvmAddress.IsChecksummed(network.Factory))
            return "factory: a checksummed address";
        // eth_getBalance and transactions count in units of 10^-18 of the coin.
        if (network.Assets.Any(asset => asset.Contract is null && asset.Asset.Decimals != CoinDecimals))
            return $"decimals: {CoinDecimals} for the chain's own coin";
        return network.Assets.Count(asset => asset.Contract is null) > 1 ? "assets: at most one coin without a contract" : null;
    }

    public INetworkSource Open(Network network, HttpClient http, INodeCredentials credentials, TimeProvider time) =>
        new EvmChain(network, http, time);

    private static string Prefixed(string hex) =>
        "0x" + (hex.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? hex[2..] : hex).ToLowerInvariant();

    [GeneratedRegex(@"\A(?:0[xX])?[0-9a-fA-F]{64}\z", RegexOptions.NonBacktracking)]
    private static partial Regex HashForm();

    [GeneratedRegex(@"\A(?:0[xX])?[0-9a-fA-F]{40}\z", RegexOptions.NonBacktracking)]
    private static partial Regex AddressForm();

    [GeneratedRegex(@"\Aeip155:[1-9][0-9]{0,17}\z", RegexOptions.NonBacktracking)]
    private static partial Regex IdForm();
}
