using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Azure.Data.Tables;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Platform.Telemetry;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Watching;

/// <summary>
/// Compares the networks' settings with their chains, at start, hourly and when somebody asks for an asset that is not
/// offered, and keeps the result: a row <c>offer!settings</c> next to the network's cursor.
/// </summary>
internal sealed class OfferChecks(Tables tables, ChainDirectory chains, TimeProvider clock, ILogger<OfferChecks> log)
{
    private const string RowPrefix = "offer";

    private static readonly Counter<long> Refused = GatewayMeter.Meter.CreateCounter<long>(
        "coinpay.asset.refused", "{check}", "Checks that found an asset's settings to differ from its chain; while refused, one a minute");

    /// <summary>A silent node is not asked again for each call that needs it.</summary>
    private static readonly TimeSpan SilencePause = TimeSpan.FromSeconds(10);

    private readonly ShortMemory<OfferCheck> _checks = new(clock, ShortMemory.OfRows);
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, TimeSpan Interval)> _asked = new(StringComparer.Ordinal);

    /// <summary>Returns what is known about an asset, without asking the node.</summary>
    public async Task<OfferCheck> FindAsync(Network network, NetworkAsset asset, CancellationToken cancellation)
    {
        string settings = SettingsOf(network, asset);
        return await _checks.GetAsync(
            Key.Of(network.Name, Key.Hash(settings)), () => ReadAsync(network, settings, cancellation));
    }

    /// <summary>Throws a problem unless the chain has confirmed the asset's settings.</summary>
    public async Task RequireOfferedAsync(Network network, NetworkAsset asset, CancellationToken cancellation)
    {
        OfferCheck check = await FindAsync(network, asset, cancellation);
        if (check.Status != OfferStatus.Offered && IsOver(network, SilencePause))
        {
            await CheckAsync(network, cancellation);
            check = await FindAsync(network, asset, cancellation);
        }
        if (check.Status != OfferStatus.Offered)
            throw new ProblemException(check.Difference is { } difference
                ? Problems.AssetUnavailable(difference)
                : Problems.NetworkUnavailable(network.Name));
    }

    /// <summary>Checks a network that this process has not checked yet, or not for long enough.</summary>
    public async Task CheckIfDueAsync(Network network, CancellationToken cancellation)
    {
        if (IsOver(network, pause: null))
            await CheckAsync(network, cancellation);
    }

    private bool IsOver(Network network, TimeSpan? pause) =>
        !_asked.TryGetValue(network.Name, out (DateTimeOffset At, TimeSpan Interval) asked)
        || clock.GetUtcNow() - asked.At >= (pause ?? asked.Interval);

    private async Task CheckAsync(Network network, CancellationToken cancellation)
    {
        DateTimeOffset askedAt = clock.GetUtcNow();
        _asked[network.Name] = (askedAt, OfferCheck.WhileNotOffered);
        IReadOnlyList<AssetFinding> findings;
        try
        {
            findings = await chains.Of(network.Name).CompareAsync(cancellation);
        }
        catch (ChainUnknownException silent)
        {
            log.LogDebug(silent, "{Network}: cannot compare the settings with the chain yet", network.Name);
            return;
        }
        List<OfferCheck> checks = [];
        foreach (AssetFinding finding in findings)
            checks.Add(await KeepAsync(network, finding, cancellation));
        _asked[network.Name] = (askedAt, checks.Min(check => check.Interval));
    }

    private async Task<OfferCheck> KeepAsync(Network network, AssetFinding finding, CancellationToken cancellation)
    {
        string settings = SettingsOf(network, finding.Asset);
        OfferCheck before = await ReadAsync(network, settings, cancellation);
        OfferCheck after = before.After(finding.Difference);
        string symbol = finding.Asset.Asset.Symbol;
        if (after.Difference is { } difference)
        {
            Refused.Add(1, new("network", network.Name), new("asset", symbol));
            log.LogError(
                "{Network}: {Asset} is not offered, because its settings differ from the chain: {Difference}",
                network.Name, symbol, difference);
        }
        if (after == before)
            return after;
        if (after.Status == OfferStatus.Offered)
            log.LogInformation("{Network}: the chain confirms the settings of {Asset}", network.Name, symbol);
        await tables.Chains.UpsertEntityAsync(ToRow(network, after), TableUpdateMode.Replace, cancellation);
        _checks.Forget(Key.Of(network.Name, Key.Hash(settings)));
        return after;
    }

    private async Task<OfferCheck> ReadAsync(Network network, string settings, CancellationToken cancellation)
    {
        TableEntity? row = await tables.Chains.FindAsync(Key.Of(network.Name), RowKeyOf(settings), cancellation);
        return row is null
            ? OfferCheck.Of(settings)
            : new(settings, WireName.Read<OfferStatus>(row.GetString("Status")), row.GetString("Difference"));
    }

    private static TableEntity ToRow(Network network, OfferCheck check) => new(Key.Of(network.Name), RowKeyOf(check.Settings))
    {
        ["Settings"] = check.Settings,
        ["Status"] = WireName.Of(check.Status),
        ["Difference"] = check.Difference,
    };

    private static string RowKeyOf(string settings) => Key.Of(RowPrefix, Key.Hash(settings));

    /// <summary>All that a chain can confirm. With any of it changed, the chain has to confirm the asset again.</summary>
    private static string SettingsOf(Network network, NetworkAsset asset) => string.Join(
        ' ', network.Id, network.Coin, network.Chain, network.Create2, network.Factory, asset.Asset.Id, asset.Asset.Decimals);
}
