using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Http;
using CoinPay.Functions.Merchants;
using CoinPay.Functions.Rates;

namespace CoinPay.Functions.Invoices;

/// <summary>The body of <c>POST /v1/invoices</c>, checked as far as possible without looking anything up.</summary>
internal sealed record InvoiceOrder
{
    private const int MaxReferenceLength = 255;
    private const int MaxUrlLength = 2_048;
    private const int MaxExpiryMinutes = 1_440;

    /// <summary>Limits a price to 10^15 of a currency: far above any plausible payment and far below any overflow.</summary>
    private const int MaxWholeDigits = 15;

    public string? OrderId { get; init; }

    public string? CustomerReference { get; init; }

    public required Price Price { get; init; }

    public required Network Network { get; init; }

    public required NetworkAsset Asset { get; init; }

    /// <summary>The amount due if the price is in the asset itself; null if a rate is needed.</summary>
    public Amount? ExactDue { get; init; }

    public string? Goods { get; init; }

    public int? ExpiresInMinutes { get; init; }

    public string? ReturnUrl { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>Reads the body; throws one problem that lists every error.</summary>
    public static InvoiceOrder Read(
        RequestBody body, Networks networks, PriceCurrencies currencies, bool livemode, Merchant merchant)
    {
        string? orderId = body.OptionalString("order_id", MaxReferenceLength);
        string? reference = body.OptionalString("customer_reference", MaxReferenceLength);
        RequestBody price = body.RequiredObject("price");
        string amount = price.RequiredDecimal("amount");
        string written = merchant.DefaultCurrency is { } usual
            ? price.OptionalString("currency", MaxReferenceLength) ?? usual
            : price.RequiredString("currency", MaxReferenceLength);
        string networkName = body.RequiredString("network", MaxReferenceLength);
        string assetName = body.RequiredString("asset", MaxReferenceLength);
        string? goods = body.OptionalChoice("goods", ["digital", "physical", "reversible"]);
        int? minutes = body.OptionalInteger("expires_in_minutes", 1, MaxExpiryMinutes);
        string? returnUrl = ReturnUrlOf(body, merchant.Policy.ReturnHosts);
        IReadOnlyDictionary<string, string> metadata = body.Metadata("metadata");
        RefuseEscrow(body);
        Network? network = networkName.Length == 0 ? null : FindNetwork(body, networks, networkName, livemode);
        NetworkAsset? asset = network is null || assetName.Length == 0 ? null : FindAsset(body, network, assetName);
        string? currency = asset is null || written.Length == 0 ? null : currencies.Read(price, written, network!, asset);
        Amount? exact = currency is null || amount.Length == 0 ? null : ExactAmount(price, network!, asset!, amount, currency);
        RefuseExtremes(price, amount);
        body.ThrowIfInvalid();
        return new()
        {
            OrderId = orderId,
            CustomerReference = reference,
            Price = new(amount, currency!),
            Network = network!,
            Asset = asset!,
            ExactDue = exact,
            Goods = goods,
            ExpiresInMinutes = minutes,
            ReturnUrl = returnUrl,
            Metadata = metadata,
        };
    }

    private static Network? FindNetwork(RequestBody body, Networks networks, string name, bool livemode)
    {
        if (networks.Find(name) is { } network && network.Livemode == livemode)
            return network;
        string offered = string.Join(", ", networks.All.Where(n => n.Livemode == livemode).Select(n => n.Name));
        body.Refuse("network", $"Not offered to this key. Offered: {offered}.", Problems.UnsupportedNetworkCode);
        return null;
    }

    private static NetworkAsset? FindAsset(RequestBody body, Network network, string name)
    {
        if (Networks.FindAsset(network, name) is { } asset)
            return asset;
        string offered = string.Join(", ", network.Assets.Select(listed => listed.Asset.Symbol));
        body.Refuse("asset", $"Not offered on {network.Name}. Offered: {offered}.", Problems.UnsupportedAssetCode);
        return null;
    }

    private static Amount? ExactAmount(
        RequestBody price, Network network, NetworkAsset asset, string amount, string currency)
    {
        if (Networks.NameOf(network, asset, currency) is null)
        {
            RefuseFiat(price, amount);
            return null;
        }
        switch (Amount.TryParse(asset.Asset, amount, out Amount? exact))
        {
            case null when exact!.Base < asset.Dust:
                price.Refuse("amount", $"Too small for a payment in {asset.Asset.Symbol}.", Problems.InvalidAmountCode);
                return null;
            case null:
                return exact;
            case AmountRefusal.TooManyDecimals:
                price.Refuse("amount", $"{asset.Asset.Symbol} has {asset.Asset.Decimals} decimals.", Problems.InvalidAmountCode);
                return null;
            case AmountRefusal.TooLarge:
                price.Refuse("amount", "More than any asset can hold.", Problems.InvalidAmountCode);
                return null;
            default:
                price.Refuse("amount", "A decimal number, such as \"49.90\".", Problems.InvalidAmountCode);
                return null;
        }
    }

    private const int MaxFiatDecimals = 4;

    private static void RefuseFiat(RequestBody price, string amount)
    {
        if (DecimalText.Read(amount) is { Scale: > MaxFiatDecimals })
            price.Refuse("amount", $"A price in a currency has at most {MaxFiatDecimals} decimals.", Problems.InvalidAmountCode);
    }

    private static void RefuseExtremes(RequestBody price, string amount)
    {
        if (amount.Length == 0 || DecimalText.Read(amount) is not { } number)
            return;
        if (number.Unscaled.IsZero)
            price.Refuse("amount", "More than zero.", Problems.InvalidAmountCode);
        if (amount.Split('.')[0].Length > MaxWholeDigits)
            price.Refuse("amount", $"At most {MaxWholeDigits} digits before the point.", Problems.InvalidAmountCode);
    }

    private static string? ReturnUrlOf(RequestBody body, IReadOnlyList<string> returnHosts)
    {
        if (body.OptionalString("return_url", MaxUrlLength) is not { } text)
            return null;
        bool isAllowed = Uri.TryCreate(text, UriKind.Absolute, out Uri? url)
            && url.Scheme == Uri.UriSchemeHttps
            && url.UserInfo.Length == 0
            && url.AbsoluteUri.Length <= MaxUrlLength
            && returnHosts.Contains(url.Host, StringComparer.OrdinalIgnoreCase);
        if (!isAllowed)
            body.Refuse(
                "return_url", $"An https address on one of the merchant's return_hosts, at most {MaxUrlLength} characters when percent-encoded.");
        return isAllowed ? text : null;
    }

    /// <summary>The field is reserved in the contract: until escrow is built, it must be absent.</summary>
    private static void RefuseEscrow(RequestBody body)
    {
        if (body.Find("escrow", required: false) is not null)
            body.Refuse("escrow", "This version does not offer escrow.");
    }
}
