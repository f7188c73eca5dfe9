using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Rates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Merchants;

/// <summary>
/// <c>POST /v1/merchants</c>: creates a merchant and its first key, which only this response shows. <c>livemode</c>
/// (default false) says whether it is a live key.
/// </summary>
internal sealed class CreateMerchant(
    Calls calls, MerchantStore merchants, ApiKeyStore keys, PolicyRequest policies, PriceCurrencies currencies)
{
    [Function(nameof(CreateMerchant))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/merchants")] HttpRequest request,
        CancellationToken cancellation)
    {
        Call call = await calls.OfOperatorAsync(request, cancellation);
        MerchantSettings settings = MerchantSettings.Read(call.Body, currencies, nameRequired: true);
        Policy policy = policies.Apply(call.Body.OptionalObject("policy"), new());
        bool livemode = call.Body.OptionalBoolean("livemode") ?? false;
        return await call.OnceAsync(
            nameof(CreateMerchant), "mer", id => AddAsync(id, settings, policy, livemode, cancellation));
    }

    private async Task<JsonAnswer> AddAsync(
        string id, MerchantSettings settings, Policy policy, bool livemode, CancellationToken cancellation)
    {
        DateTimeOffset now = Id.TimeOf(id);
        Merchant merchant = new()
        {
            Id = id,
            Name = settings.Name!,
            DefaultCurrency = settings.DefaultCurrency,
            Livemode = livemode,
            Policy = policy,
            CreatedAt = now,
            UpdatedAt = now,
        };
        await merchants.AddAsync(merchant, cancellation);
        (ApiKey key, ApiKeyText text) = await keys.AddAsync(
            id, Id.Derived("key", now, id), livemode, Scopes.Built, expiresAt: null, cancellation);
        return JsonAnswer.Created(MerchantDocument.Of(merchant, key, text));
    }
}

/// <summary>What creating and changing a merchant have in common.</summary>
internal sealed record MerchantSettings(string? Name, string? DefaultCurrency)
{
    private const int MaxNameLength = 200;
    private const int MaxCurrencyLength = 255;

    public static MerchantSettings Read(RequestBody body, PriceCurrencies currencies, bool nameRequired)
    {
        string? name = nameRequired
            ? body.RequiredString("name", MaxNameLength)
            : body.OptionalString("name", MaxNameLength);
        string? currency = body.OptionalString("default_currency", MaxCurrencyLength);
        return new(name, currency is null ? null : currencies.ReadAny(body, "default_currency", currency));
    }
}
