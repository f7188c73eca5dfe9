using Azure.Data.Tables;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Webhooks.Endpoints;

/// <summary>
/// Stores webhook endpoints in their merchant's partition. Publishing and delivering read them from a short-lived cache.
/// </summary>
internal sealed class EndpointStore(Tables tables, TimeProvider clock)
{
    /// <summary>The maximum number of endpoints per merchant, live and test together.</summary>
    public const int MaxEndpoints = 50;

    /// <summary>Short, so that an endpoint created in another process soon receives events.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(5);
    private const int Tries = 5;

    private readonly ShortMemory<IReadOnlyList<WebhookEndpoint>> _lists = new(clock, Memory);

    /// <summary>Returns the merchant's endpoints, oldest first.</summary>
    public async Task<IReadOnlyList<WebhookEndpoint>> ListAsync(string merchantId, CancellationToken cancellation) =>
        await _lists.GetAsync(merchantId, () => ReadAllAsync(merchantId, cancellation));

    public async Task<WebhookEndpoint?> FindAsync(string merchantId, string endpointId, CancellationToken cancellation) =>
        (await ListAsync(merchantId, cancellation)).FirstOrDefault(endpoint => endpoint.Id == endpointId);

    /// <summary>Returns the caller's endpoint in the key's mode; throws a 404 problem if there is none.</summary>
    public async Task<WebhookEndpoint> GetAsync(Caller caller, string endpointId, CancellationToken cancellation) =>
        await FindAsync(caller.MerchantId, endpointId, cancellation) is { } endpoint
            && endpoint.Livemode == caller.Livemode
            ? endpoint
            : throw new ProblemException(Problems.NotFound("webhook endpoint"));

    /// <summary>Does the same, and throws a 409 problem if the endpoint is disabled.</summary>
    public async Task<WebhookEndpoint> GetEnabledAsync(Caller caller, string endpointId, CancellationToken cancellation)
    {
        WebhookEndpoint endpoint = await GetAsync(caller, endpointId, cancellation);
        return endpoint.DisabledAt is null ? endpoint : throw new ProblemException(Problems.EndpointDisabled);
    }

    /// <summary>Returns the endpoint as it is stored now, or null.</summary>
    public async Task<WebhookEndpoint?> ReadAsync(string merchantId, string endpointId, CancellationToken cancellation) =>
        await tables.Merchants.FindAsync(merchantId, WebhookEndpoint.RowKey(endpointId), cancellation) is { } row
            ? WebhookEndpoint.FromRow(row)
            : null;

    /// <summary>
    /// Replaces the row if the request is repeated after a crash; no response has shown the old secret.
    /// </summary>
    public async Task AddAsync(WebhookEndpoint endpoint, CancellationToken cancellation)
    {
        await tables.Merchants.UpsertEntityAsync(endpoint.ToRow(), TableUpdateMode.Replace, cancellation);
        _lists.Forget(endpoint.MerchantId);
    }

    /// <summary>Applies a change to the stored endpoint. Returns null if it does not exist.</summary>
    public async Task<WebhookEndpoint?> ChangeAsync(
        string merchantId, string endpointId, Func<WebhookEndpoint, WebhookEndpoint> change, CancellationToken cancellation)
    {
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            TableEntity? row = await tables.Merchants.FindAsync(merchantId, WebhookEndpoint.RowKey(endpointId), cancellation);
            if (row is null)
                return null;
            WebhookEndpoint stored = WebhookEndpoint.FromRow(row);
            WebhookEndpoint changed = change(stored);
            if (changed == stored)
                return stored;
            if (!await tables.Merchants.TryReplaceAsync(changed.ToRow(), row.ETag, cancellation))
                continue;
            _lists.Forget(merchantId);
            return changed;
        }
        throw new ProblemException(Problems.Conflict("webhook endpoint"));
    }

    public async Task DeleteAsync(string merchantId, string endpointId, CancellationToken cancellation)
    {
        await tables.Merchants.DeleteEntityAsync(merchantId, WebhookEndpoint.RowKey(endpointId), Azure.ETag.All, cancellation);
        _lists.Forget(merchantId);
    }

    private async Task<IReadOnlyList<WebhookEndpoint>> ReadAllAsync(string merchantId, CancellationToken cancellation)
    {
        List<WebhookEndpoint> endpoints = [];
        await foreach (TableEntity row in tables.Merchants.RangeAsync(merchantId, "endpoint!", cancellation))
            endpoints.Add(WebhookEndpoint.FromRow(row));
        return endpoints;
    }
}
