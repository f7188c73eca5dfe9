using System.Text.RegularExpressions;
using CoinPay.Core;

namespace CoinPay.Chains.Bitcoin;

/// <summary>
/// Outpoint-based chains with Bitcoin Core's JSON-RPC: one coin, a meaningful mempool, no finality tags.
/// </summary>
public sealed partial class BitcoinFamily : INetworkFamily
{
    public static BitcoinFamily Instance { get; } = new();

    private const int HashLength = 64;
    private const int MinAddressLength = 26;
    private const int MaxAddressLength = 90;
    private const int CoinDecimals = 8;

    private BitcoinFamily()
    {
    }

    public string Name => "bitcoin";

    public IWalletKind WalletKind { get; } = new XpubWallet();

    public bool HasFinalityTags => false;

    public StringComparison AssetIds => StringComparison.Ordinal;

    public string SpaceOf(Network network) => network.Name;

    public IReadOnlyList<string> SharedSpaces => [];

    public bool MayComeUnseen(NetworkAsset asset) => false;

    /// <summary>BIP-321, and BIP-21 before it.</summary>
    public string PaymentUri(Network network, NetworkAsset asset, string address, Amount due) =>
        $"{network.Coin}:{address}?amount={due}";

    public string? ReadTransaction(string text) =>
        HashForm().IsMatch(text) ? text[^HashLength..].ToLowerInvariant() : null;

    public string? ReadAddress(Network network, string text)
    {
        if (text.Length is < MinAddressLength or > MaxAddressLength)
            return null;
        // A QR code may hold bech32 in capitals (BIP-173).
        string written = text.Any(char.IsAsciiLetterLower) ? text : text.ToLowerInvariant();
        try
        {
            return NBitcoin.BitcoinAddress.Create(written, BitcoinNetworks.Of(network)).ToString();
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public string? MistakeIn(Network network)
    {
        if (!IdForm().IsMatch(network.Id))
            return "id: bip122:<32 hex digits of the genesis hash>";
        if (network.Assets is not [{ Contract: null }])
            return "assets: only the chain's own coin";
        if (network.Assets[0].Asset.Decimals != CoinDecimals)
            return $"decimals: {CoinDecimals} for the chain's own coin";
        try
        {
            BitcoinNetworks.Of(network);
            return null;
        }
        catch (ArgumentException unknown)
        {
            return "coin and chain: " + unknown.Message;
        }
    }

    public INetworkSource Open(Network network, HttpClient http, INodeCredentials credentials, TimeProvider time) =>
        new BitcoinChain(network, http, credentials, time);

    // Some tools write 0x before any hash.
    [GeneratedRegex(@"\A(?:0[xX])?[0-9a-fA-F]{64}\z", RegexOptions.NonBacktracking)]
    private static partial Regex HashForm();

    [GeneratedRegex(@"\Abip122:[0-9a-f]{32}\z", RegexOptions.NonBacktracking)]
    private static partial Regex IdForm();
}
