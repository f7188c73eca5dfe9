namespace CoinPay.Functions.Webhooks.Endpoints;

/// <summary>
/// A signing secret that was replaced. Until <paramref name="SignsUntil"/> it signs beside its successor, so that the
/// merchant can change over without missing a message.
/// </summary>
/// <param name="Sealed">As <see cref="WebhookEndpoint.SealedSecret"/> was.</param>
/// <param name="SignsUntil">The end of its 24 hours.</param>
internal sealed record RetiredSecret(byte[] Sealed, DateTimeOffset SignsUntil);

/// <summary>Rotation of an endpoint's signing secret.</summary>
internal static class SecretRotation
{
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(24);

    /// <summary>Retired secrets that may sign at a time: each has its 24 hours, so there is an end to rotating.</summary>
    public const int MaxRetired = 4;

    /// <summary>
    /// The endpoint with another secret; null when too many retired ones still sign. Doing the same rotation twice
    /// changes nothing the second time.
    /// </summary>
    public static WebhookEndpoint? Rotated(this WebhookEndpoint endpoint, string rotationId, byte[] sealedSecret, DateTimeOffset now)
    {
        if (endpoint.SecretId == rotationId)
            return endpoint;
        List<RetiredSecret> retired = [.. endpoint.RetiredSecrets.Where(secret => secret.SignsUntil > now)];
        if (retired.Count >= MaxRetired)
            return null;
        return endpoint with
        {
            SealedSecret = sealedSecret,
            SecretId = rotationId,
            RetiredSecrets = [new(endpoint.SealedSecret, now + Overlap), .. retired],
            UpdatedAt = now,
        };
    }

    /// <summary>Every secret that signs now, the newest first.</summary>
    public static IEnumerable<byte[]> SealedSecretsAt(this WebhookEndpoint endpoint, DateTimeOffset now) =>
        endpoint.RetiredSecrets
            .Where(secret => secret.SignsUntil > now)
            .Select(secret => secret.Sealed)
            .Prepend(endpoint.SealedSecret);
}
