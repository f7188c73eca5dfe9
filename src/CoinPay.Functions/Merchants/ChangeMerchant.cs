using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Rates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Merchants;

/// <summary>
/// <c>PATCH /v1/merchants/{id}</c>: omitted fields keep their value. Existing invoices keep the policy they were
/// created with.
/// </summary>
internal sealed class ChangeMerchant(Callers callers, MerchantStore merchants, PolicyRequest policies, PriceCurrencies currencies)
{
    [Function(nameof(ChangeMerchant))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "v1/merchants/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        await callers.RequireOperatorAsync(request, cancellation);
        byte[] bytes = await RequestBody.ReadBytesAsync(request, cancellation);
        Merchant changed = await merchants.ChangeAsync(
            id, merchant => Apply(RequestBody.Of(bytes), merchant), cancellation);
        return JsonAnswer.Ok(MerchantDocument.Of(changed));
    }

    // Read again for each try: omitted fields take the merchant's values at that time.
    private Merchant Apply(RequestBody body, Merchant merchant)
    {
        MerchantSettings settings = MerchantSettings.Read(body, currencies, nameRequired: false);
        Policy policy = policies.Apply(body.OptionalObject("policy"), merchant.Policy);
        if (body.Has("name") && settings.Name is null)
            body.Refuse("name", "A merchant must have a name.");
        body.ThrowIfInvalid();
        return merchant with
        {
            Name = settings.Name ?? merchant.Name,
            DefaultCurrency = body.Has("default_currency") ? settings.DefaultCurrency : merchant.DefaultCurrency,
            Policy = policy,
        };
    }
}
