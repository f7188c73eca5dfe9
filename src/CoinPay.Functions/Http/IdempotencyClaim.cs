using Azure;

namespace CoinPay.Functions.Http;

/// <summary>The result of claiming an <see cref="IdempotencyKey"/>.</summary>
/// <param name="ResourceId">The id that the first request with this key chose; every later request uses the same.</param>
internal abstract record IdempotencyClaim(string ResourceId);

/// <summary>The caller proceeds: it is the first, or the previous request has not answered in time.</summary>
/// <param name="Tag">The row's ETag: only the request that holds it can complete the claim.</param>
internal sealed record Granted(string ResourceId, bool IsFirst, ETag Tag) : IdempotencyClaim(ResourceId);

/// <summary>Another request is in progress, or was until it crashed; if there is no answer yet, try again shortly.</summary>
internal sealed record InFlight(string ResourceId, TimeSpan RetryAfter) : IdempotencyClaim(ResourceId);

/// <summary>The key was used with a different body.</summary>
internal sealed record Reused(string ResourceId) : IdempotencyClaim(ResourceId);

/// <summary>The request was answered, and the sealed answer is stored with the claim.</summary>
internal sealed record Answered(string ResourceId, int Status, byte[] Sealed) : IdempotencyClaim(ResourceId);
