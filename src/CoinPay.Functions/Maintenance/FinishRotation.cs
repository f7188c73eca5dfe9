using Azure.Data.Tables;
using CoinPay.Functions.Access;
using CoinPay.Functions.Platform.Secrets;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Webhooks.Endpoints;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Maintenance;

/// <summary>
/// While a previous key stands beside the current one, brings every hour what it can under the current one, and says in the log
/// what still needs the previous. Webhook secrets are sealed anew here; API keys move when they are used, as only then is
/// their text at hand; answers of an <c>Idempotency-Key</c> are gone after a day.
/// </summary>
internal sealed class FinishRotation(
    Tables tables, EndpointStore endpoints, SecretBox box, ISecrets secrets, TimeProvider clock, ILogger<FinishRotation> log)
{
    [Function(nameof(FinishRotation))]
    public async Task Run([TimerTrigger("40 7 * * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        _ = timer;
        if (await new KeyRing(secrets, SecretName.SecretsKey).FindPreviousAsync(cancellation) is not null)
            log.LogInformation(
                "{Count} endpoints were sealed again under CoinPay__SecretsKey. Once it is 0, and a day after the rotation, "
                + "the previous key can be removed",
                await SealAnewAsync(cancellation));
        if (await new KeyRing(secrets, SecretName.KeyPepper).FindPreviousAsync(cancellation) is not null)
            log.LogInformation(
                "{Count} API keys have not been used since CoinPay__KeyPepper was rotated: they end with the previous pepper",
                await CountUnusedKeysAsync(cancellation));
    }

    private async Task<int> SealAnewAsync(CancellationToken cancellation)
    {
        int changed = 0;
        await foreach (TableEntity row in RowsAsync("endpoint!", cancellation))
        {
            WebhookEndpoint endpoint = WebhookEndpoint.FromRow(row);
            if (await SealAnewAsync(endpoint, cancellation) is not { } anew)
                continue;
            // A secret that was rotated meanwhile is under the current key already.
            await endpoints.ChangeAsync(
                endpoint.MerchantId, endpoint.Id,
                stored => stored.SealedSecret.AsSpan().SequenceEqual(endpoint.SealedSecret)
                    ? stored with { SealedSecret = anew.SealedSecret, RetiredSecrets = anew.RetiredSecrets }
                    : stored,
                cancellation);
            changed++;
        }
        return changed;
    }

    /// <summary>The endpoint with all its secrets under the current key; null when they are.</summary>
    private async Task<WebhookEndpoint?> SealAnewAsync(WebhookEndpoint endpoint, CancellationToken cancellation)
    {
        byte[] current = await SealAnewAsync(endpoint.SecretPurpose, endpoint.SealedSecret, cancellation);
        bool isChanged = current != endpoint.SealedSecret;
        List<RetiredSecret> retired = [];
        foreach (RetiredSecret secret in endpoint.RetiredSecrets.Where(secret => secret.SignsUntil > clock.GetUtcNow()))
        {
            byte[] anew = await SealAnewAsync(endpoint.SecretPurpose, secret.Sealed, cancellation);
            isChanged |= anew != secret.Sealed;
            retired.Add(secret with { Sealed = anew });
        }
        return isChanged ? endpoint with { SealedSecret = current, RetiredSecrets = retired } : null;
    }

    private async Task<byte[]> SealAnewAsync(string purpose, byte[] sealedSecret, CancellationToken cancellation) =>
        await box.IsCurrentAsync(sealedSecret, cancellation)
            ? sealedSecret
            : await box.SealAsync(purpose, await box.OpenAsync(purpose, sealedSecret, cancellation), cancellation);

    private async Task<int> CountUnusedKeysAsync(CancellationToken cancellation)
    {
        string current = (await new KeyRing(secrets, SecretName.KeyPepper).CurrentAsync(cancellation)).Id;
        int unused = 0;
        await foreach (TableEntity row in RowsAsync("key!", cancellation))
            if (ApiKeyRows.Read(row) is var key && key.PepperId != current && key.IsUsable(clock.GetUtcNow()))
                unused++;
        return unused;
    }

    /// <summary>Of all merchants: a scan, for as long as a rotation lasts.</summary>
    private Azure.AsyncPageable<TableEntity> RowsAsync(string prefix, CancellationToken cancellation) => tables.Merchants.RowsAsync(
        TableClient.CreateQueryFilter($"RowKey ge {prefix} and RowKey lt {Key.After(prefix)}"), cancellation);
}
