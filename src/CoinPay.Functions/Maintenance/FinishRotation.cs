using Azure.Data.Tables;
using CoinPay.Functions.Access;
using CoinPay.Functions.Platform.Secrets;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Webhooks.Endpoints;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Maintenance;

/// <summary>
/// While there is a previous key, moves what it can to the current key every hour, and logs what still needs the previous one.
/// Webhook secrets are sealed again here; API keys move when they are used, because their text is known only then; answers stored
/// for an <c>Idempotency-Key</c> expire after a day.
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
                "Sealed the secrets of {Count} endpoints again with CoinPay__SecretsKey. When the count is 0, and a day after the "
                + "rotation, the previous key can be removed",
                await SealAnewAsync(cancellation));
        if (await new KeyRing(secrets, SecretName.KeyPepper).FindPreviousAsync(cancellation) is not null)
            log.LogInformation(
                "{Count} API keys have not been used since CoinPay__KeyPepper was rotated; removing the previous pepper invalidates them",
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
            // A secret that was rotated in the meantime is already sealed with the current key.
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

    /// <summary>Returns the endpoint with all its secrets sealed with the current key, or null if they already are.</summary>
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

    /// <summary>Reads rows of all merchants: a table scan, but only during a rotation.</summary>
    private Azure.AsyncPageable<TableEntity> RowsAsync(string prefix, CancellationToken cancellation) => tables.Merchants.RowsAsync(
        TableClient.CreateQueryFilter($"RowKey ge {prefix} and RowKey lt {Key.After(prefix)}"), cancellation);
}
