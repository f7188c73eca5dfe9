namespace CoinPay.Functions.Webhooks.Endpoints;

/// <summary>
/// A signing secret that was replaced. Until <paramref name="SignsUntil"/> it signs alongside its successor, so that the
/// merchant can switch over without missing a message.
/// </summary>
/// <param name="Sealed">The previous <see cref="WebhookEndpoint.SealedSecret"/>.</param>
/// <param name="SignsUntil">The end of its 24 hours.</param>
internal sealed record RetiredSecret(byte[] Sealed, DateTimeOffset SignsUntil);

/// <summary>Rotates an endpoint's signing secret.</summary>
internal static class SecretRotation
{
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(24);

    /// <summary>The maximum number of retired secrets that sign at a time. Each signs for 24 hours, so this limits rotations.</summary>
    public const int MaxRetired = 4;

    /// <summary>
    /// Returns the endpoint with the new secret, or null if too many retired ones still sign. Repeating a rotation changes
    /// nothing.
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

    /// <summary>Returns every secret that signs now, newest first.</summary>
    public static IEnumerable<byte[]> SealedSecretsAt(this WebhookEndpoint endpoint, DateTimeOffset now) =>
        endpoint.RetiredSecrets
            .Where(secret => secret.SignsUntil > now)
            .Select(secret => secret.Sealed)
            .Prepend(endpoint.SealedSecret);
}
