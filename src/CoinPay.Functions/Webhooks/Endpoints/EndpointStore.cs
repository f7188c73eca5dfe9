using Azure.Data.Tables;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Webhooks.Endpoints;

/// <summary>
/// Webhook endpoints, rows of their merchant. Publishing and delivering read them from a short memory.
/// </summary>
internal sealed class EndpointStore(Tables tables, TimeProvider clock)
{
    /// <summary>Endpoints a merchant may have, of both kinds together.</summary>
    public const int MaxEndpoints = 50;

    /// <summary>Short, so that an endpoint made in another process hears of what happens soon after.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(5);
    private const int Tries = 5;

    private readonly ShortMemory<IReadOnlyList<WebhookEndpoint>> _lists = new(clock, Memory);

    /// <summary>Oldest first.</summary>
    public async Task<IReadOnlyList<WebhookEndpoint>> ListAsync(string merchantId, CancellationToken cancellation) =>
        await _lists.GetAsync(merchantId, () => ReadAllAsync(merchantId, cancellation));

    public async Task<WebhookEndpoint?> FindAsync(string merchantId, string endpointId, CancellationToken cancellation) =>
        (await ListAsync(merchantId, cancellation)).FirstOrDefault(endpoint => endpoint.Id == endpointId);

    /// <summary>The caller's endpoint of the key's kind, or a 404 problem.</summary>
    public async Task<WebhookEndpoint> GetAsync(Caller caller, string endpointId, CancellationToken cancellation) =>
        await FindAsync(caller.MerchantId, endpointId, cancellation) is { } endpoint
            && endpoint.Livemode == caller.Livemode
            ? endpoint
            : throw new ProblemException(Problems.NotFound("webhook endpoint"));

    /// <summary>The same, and a 409 problem while it is disabled.</summary>
    public async Task<WebhookEndpoint> GetEnabledAsync(Caller caller, string endpointId, CancellationToken cancellation)
    {
        WebhookEndpoint endpoint = await GetAsync(caller, endpointId, cancellation);
        return endpoint.DisabledAt is null ? endpoint : throw new ProblemException(Problems.EndpointDisabled);
    }

    /// <summary>As it is stored now, or null.</summary>
    public async Task<WebhookEndpoint?> ReadAsync(string merchantId, string endpointId, CancellationToken cancellation) =>
        await tables.Merchants.FindAsync(merchantId, WebhookEndpoint.RowKey(endpointId), cancellation) is { } row
            ? WebhookEndpoint.FromRow(row)
            : null;

    /// <summary>
    /// Replaces the row of a request that is done again after a crash; its secret was never answered.
    /// </summary>
    public async Task AddAsync(WebhookEndpoint endpoint, CancellationToken cancellation)
    {
        await tables.Merchants.UpsertEntityAsync(endpoint.ToRow(), TableUpdateMode.Replace, cancellation);
        _lists.Forget(endpoint.MerchantId);
    }

    /// <summary>Applies a change to what is stored now. Null when there is no such endpoint.</summary>
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
