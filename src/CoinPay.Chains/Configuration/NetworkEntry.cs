using System.Numerics;
using System.Text.RegularExpressions;
using CoinPay.Chains.Evm;
using CoinPay.Core;

namespace CoinPay.Chains.Configuration;

/// <summary>A network entry in networks.json: everything except its node.</summary>
/// <param name="FinalityLag">See <see cref="Network.FinalityLag"/>.</param>
/// <param name="ConfirmationLimit">See <see cref="Network.ConfirmationLimit"/>; 24 hours if not given.</param>
/// <param name="MaxHeadAge">See <see cref="Network.MaxHeadAge"/>; required except on development chains.</param>
/// <param name="MaxGasGwei">See <see cref="Network.MaxGasPrice"/>, in billions of base units; required for EVM networks.</param>
/// <param name="Create2">See <see cref="Network.Create2"/>.</param>
internal sealed record NetworkEntry(
    string Name,
    string Id,
    string Family,
    bool Livemode,
    TimeSpan PollInterval,
    int Confirmations,
    AssetEntry[] Assets,
    bool Development = false,
    string? Coin = null,
    string? Chain = null,
    string? Create2 = null,
    string? Factory = null,
    long? FinalityLag = null,
    TimeSpan? ConfirmationLimit = null,
    TimeSpan? MaxHeadAge = null,
    decimal? MaxGasGwei = null)
{
    private const int MaxConfirmations = 10_000;
    private const int BaseUnitsPerGwei = 1_000_000_000;
    private const decimal HighestMaxGasGwei = 1_000_000;
    private static readonly TimeSpan ShortestPollInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPollInterval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ShortestConfirmationLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DefaultConfirmationLimit = TimeSpan.FromHours(24);
    private static readonly TimeSpan ShortestMaxHeadAge = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RegexLimit = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Returns the entry combined with a node; throws a <see cref="SettingsException"/> that says what is wrong with
    /// it.
    /// </summary>
    public Network At(Uri rpc)
    {
        INetworkFamily family = NetworkFamilies.Find(Family)
            ?? throw Wrong($"family: {string.Join(" or ", NetworkFamilies.All.Select(known => known.Name))}");
        Network network = new()
        {
            Name = Name,
            Id = Id,
            Family = family,
            Livemode = Livemode,
            Development = Development,
            Rpc = rpc,
            Coin = Coin,
            Chain = Chain,
            Create2 = Create2,
            Factory = Create2 == "evm" ? Factory : null,
            FinalityLag = FinalityLag,
            MaxHeadAge = MaxHeadAge,
            MaxGasPrice = new BigInteger((MaxGasGwei ?? 0) * BaseUnitsPerGwei),
            PollInterval = PollInterval,
            Confirmations = Confirmations,
            ConfirmationLimit = ConfirmationLimit ?? DefaultConfirmationLimit,
            Assets = [.. Assets.Select(asset => asset.On(Id))],
        };
        Require(network);
        return network;
    }

    private void Require(Network network)
    {
        Require(Matches(Name, "^[a-z0-9]+(-[a-z0-9]+)*$"), "name: lower-case letters, digits and -");
        Require(
            !NetworkFamilies.All.SelectMany(family => family.SharedSpaces).Contains(Name, StringComparer.Ordinal),
            "name: reserved for an address space");
        Require(FinalityLag is null or > 0, "finality_lag: a number of blocks");
        Require(network.ConfirmationLimit >= ShortestConfirmationLimit, $"confirmation_limit: at least {ShortestConfirmationLimit}");
        Require(
            PollInterval >= ShortestPollInterval && PollInterval <= LongestPollInterval,
            $"poll_interval: {ShortestPollInterval} to {LongestPollInterval}");
        Require(
            MaxGasGwei is null ? network.Family is not EvmFamily : network.Family is EvmFamily && MaxGasGwei is > 0 and <= HighestMaxGasGwei,
            $"max_gas_gwei: the most that a unit of gas may cost, more than 0 and up to {HighestMaxGasGwei}; for EVM networks only");
        Require(Confirmations is > 0 and <= MaxConfirmations, $"confirmations: 1 to {MaxConfirmations}");
        Require(Assets.Select(asset => asset.Symbol).Distinct(StringComparer.OrdinalIgnoreCase).Count() == Assets.Length, "assets: each symbol only once");
        Require(Assets.Length > 0, "assets: at least one");
        Require(Development || !IsLocal, "development: true, because this is a local development chain");
        Require(
            Development || MaxHeadAge is not null,
            "max_head_age: missing; it is how old the node's head can be before the node no longer counts as following the network");
        Require(MaxHeadAge is null || MaxHeadAge >= ShortestMaxHeadAge, $"max_head_age: at least {ShortestMaxHeadAge}");
        foreach (AssetEntry asset in Assets)
            Require(asset.Mistake is null, $"asset {asset.Symbol}: {asset.Mistake}");
        if (network.Family.MistakeIn(network) is { } mistake)
            throw Wrong(mistake);
    }

    /// <summary>Regtest, and the default chain ids of anvil, Hardhat and Ganache.</summary>
    private bool IsLocal => Chain == "regtest" || Id is "eip155:31337" or "eip155:1337";

    private static bool Matches(string text, string pattern) =>
        Regex.IsMatch(text, pattern, RegexOptions.ExplicitCapture, RegexLimit);

    private void Require(bool isRight, string what)
    {
        if (!isRight)
            throw Wrong(what);
    }

    private SettingsException Wrong(string what) => new($"networks.json, {Name}: {what}.");
}

/// <summary>
/// An asset entry in networks.json: a token by its contract, the chain's own coin by its SLIP-44 number.
/// </summary>
/// <param name="VerifyBalance">See <see cref="NetworkAsset.VerifyBalance"/>.</param>
/// <param name="PlausibleSupply">See <see cref="NetworkAsset.PlausibleSupply"/>; base units, as text.</param>
internal sealed record AssetEntry(
    string Symbol,
    int Decimals,
    string Dust,
    string? Contract = null,
    int? Slip44 = null,
    bool VerifyBalance = false,
    string? PlausibleSupply = null)
{
    private const int MaxDecimals = 36;

    public string? Mistake => this switch
    {
        { Symbol: "" } => "symbol: missing",
        { Decimals: < 0 or > MaxDecimals } => $"decimals: 0 to {MaxDecimals}",
        { Contract: null, Slip44: null } or { Contract: not null, Slip44: not null } =>
            "either contract or slip44",
        { Contract: { } contract } when !EvmAddress.IsChecksummed(contract) =>
            "contract: a checksummed address",
        { VerifyBalance: true, Contract: null } => "verify_balance: for tokens only",
        _ when !IsNumber(Dust) => "dust: a number of base units, as text",
        _ when !IsNumber(PlausibleSupply ?? "1") => "plausible_supply: a number of base units, as text",
        _ => null,
    };

    /// <summary>CAIP-19: <c>…/erc20:0x…</c> or <c>…/slip44:60</c>.</summary>
    public NetworkAsset On(string network)
    {
        NetworkAsset listed = new()
        {
            Asset = new Asset(network + (Contract is null ? $"/slip44:{Slip44}" : $"/erc20:{Contract}"), Symbol, Decimals),
            Contract = Contract,
            Dust = BigInteger.TryParse(Dust, out BigInteger dust) ? dust : BigInteger.Zero,
            VerifyBalance = VerifyBalance,
        };
        return BigInteger.TryParse(PlausibleSupply, out BigInteger supply)
            ? listed with { PlausibleSupply = supply }
            : listed;
    }

    private static bool IsNumber(string text) => text.Length is > 0 and <= 40 && text.All(char.IsAsciiDigit);
}
