using System.Text.Json;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Http;
using CoinPay.Functions.Rates;

namespace CoinPay.Functions.Merchants;

/// <summary>
/// Reads the <c>policy</c> of a request. Omitted fields keep their value; anything that this gateway cannot do is
/// refused, never silently ignored.
/// </summary>
internal sealed class PolicyRequest(Networks networks, PriceCurrencies currencies)
{
    private const int MaxRules = 50;
    private const int MaxHosts = 20;
    private const int MaxHostLength = 253;
    private const int MaxCurrencyLength = 200;

    /// <summary>Returns the policy after the change; errors are added to the body.</summary>
    public Policy Apply(RequestBody? body, Policy current)
    {
        if (body is null)
            return current;
        (LatePolicy late, decimal latePercent) = Late(body) ?? (current.Late, current.LateRatePercent);
        return current with
        {
            ExpiryMinutes = body.OptionalInteger("expiry_minutes", 1, 1440) ?? current.ExpiryMinutes,
            MonitorDays = body.OptionalInteger("monitor_days", 1, 365) ?? current.MonitorDays,
            Tolerance = Tolerance(body.OptionalObject("tolerance"), current.Tolerance),
            Confirmations = Confirmations(body) ?? current.Confirmations,
            ReturnHosts = ReturnHosts(body) ?? current.ReturnHosts,
            AcceptUnconfirmedUpTo = body.Has("accept_unconfirmed_up_to")
                ? Limit(body.OptionalObject("accept_unconfirmed_up_to"))
                : current.AcceptUnconfirmedUpTo,
            Late = late,
            LateRatePercent = latePercent,
            Over = Amounts(body, "over") ?? current.Over,
            Under = Amounts(body, "under") ?? current.Under,
            UnderFloorPercent = Floor(body, current.UnderFloorPercent),
        };
    }

    private static (LatePolicy, decimal)? Late(RequestBody body)
    {
        string? text = body.OptionalString("late", 100);
        if (text is null)
            return null;
        if (PolicyWords.ReadLate(text) is { } late)
            return late;
        body.Refuse("late", "hold, accept, or accept_if_rate_within_percent:2.5 with a percentage from 0 to 100.");
        return null;
    }

    private Price? Limit(RequestBody? limit)
    {
        if (limit is null)
            return null;
        string amount = limit.RequiredDecimal("amount"), currency = limit.RequiredString("currency", MaxCurrencyLength);
        return new(amount, currency.Length == 0 ? currency : currencies.ReadAny(limit, "currency", currency) ?? currency);
    }

    private static AmountPolicy? Amounts(RequestBody body, string name) =>
        body.OptionalChoice(name, [.. PolicyWords.Amounts.Keys]) is { } word ? PolicyWords.Amounts[word] : null;

    private static Tolerance Tolerance(RequestBody? body, Tolerance current) => body is null
        ? current
        : new(Percent(body, "under_percent", current.UnderPercent), Percent(body, "over_percent", current.OverPercent));

    private static decimal Percent(RequestBody body, string name, decimal current)
    {
        if (body.Find(name, required: false) is not { } value)
            return current;
        string text = value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? value.ToString() : "";
        if (PolicyWords.ReadPercent(text) is { } percent)
            return percent;
        body.Refuse(
            name, $"A percentage from \"0\" to \"100\" with at most {PolicyWords.MaxPercentDecimals} decimals, as a string.");
        return current;
    }

    private static decimal Floor(RequestBody body, decimal current)
    {
        const string Name = "under_floor_percent";
        decimal floor = Percent(body, Name, current);
        if (floor > 0)
            return floor;
        body.Refuse(Name, "More than \"0\": otherwise the smallest coin would pay any price.");
        return current;
    }

    private static List<string>? ReturnHosts(RequestBody body)
    {
        IReadOnlyList<string>? hosts = body.OptionalStrings("return_hosts", MaxHosts, MaxHostLength);
        if (hosts?.FirstOrDefault(
            host => Uri.CheckHostName(host) is not (UriHostNameType.Dns or UriHostNameType.IPv4)) is not null)
            body.Refuse("return_hosts", "Host names only, such as shop.example: no scheme, port or path.");
        return hosts?.Select(host => host.ToLowerInvariant()).ToList();
    }

    private List<ConfirmationRule>? Confirmations(RequestBody body) =>
        body.OptionalObjects("confirmations", MaxRules)?.Select(Rule).OfType<ConfirmationRule>().ToList();

    private ConfirmationRule? Rule(RequestBody body)
    {
        Network? network = KnownNetwork(body);
        string? written = body.OptionalString("asset", MaxCurrencyLength);
        string? asset = written is null ? null : NameOf(written, network);
        if (written is not null && asset is null)
            body.Refuse("asset", "No offered network has this asset.", Problems.UnsupportedAssetCode);
        string? goods = body.OptionalChoice("goods", PolicyWords.Goods);
        Price? upTo = Limit(body.OptionalObject("up_to"));
        RequiredDepth? required = Required(body, network);
        return required is null ? null : new(asset, network?.Name, goods, upTo, required);
    }

    private Network? KnownNetwork(RequestBody body)
    {
        if (body.OptionalString("network", MaxCurrencyLength) is not { } name)
            return null;
        Network? network = networks.Find(name);
        if (network is null)
            body.Refuse("network", "This network is not offered here.", Problems.UnsupportedNetworkCode);
        return network;
    }

    private string? NameOf(string asset, Network? network) =>
        (network is null ? networks.All : [network])
            .SelectMany(candidate => candidate.Assets.Select(listed => Networks.NameOf(candidate, listed, asset)))
            .FirstOrDefault(name => name is not null);

    private static RequiredDepth? Required(RequestBody body, Network? network)
    {
        if (body.Find("required", required: true) is not { } value)
            return null;
        RequiredDepth? depth = value.ValueKind switch
        {
            JsonValueKind.Number => RequestBody.WholeNumber(value) is >= 1 and <= RequiredDepth.MaxBlocks and var blocks ? RequiredDepth.OfBlocks(blocks) : null,
            JsonValueKind.String when value.GetString() is "safe" or "finalized" =>
                RequiredDepth.Parse(value.GetString()!),
            _ => null,
        };
        if (depth is null)
            body.Refuse(
                "required",
                $"A whole number of blocks from 1 to {RequiredDepth.MaxBlocks}, \"safe\" or \"finalized\"; see accept_unconfirmed_up_to for none.");
        else if (depth.Tag is not null && network?.Family.HasFinalityTags != true)
            body.Refuse("required", "Only EVM networks have finality tags: name an EVM network in the same rule.");
        else
            return depth;
        return null;
    }
}
