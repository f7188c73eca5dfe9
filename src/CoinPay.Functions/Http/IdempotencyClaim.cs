using Azure;

namespace CoinPay.Functions.Http;

/// <summary>What a request with an <see cref="IdempotencyKey"/> may do.</summary>
/// <param name="ResourceId">The id that the first request with this key chose; every later one works on the same.</param>
internal abstract record IdempotencyClaim(string ResourceId);

/// <summary>The caller goes on: it is the first, or the one before it has not answered in time.</summary>
/// <param name="Tag">The row's tag: only who holds it may say how the claim ends.</param>
internal sealed record Granted(string ResourceId, bool IsFirst, ETag Tag) : IdempotencyClaim(ResourceId);

/// <summary>Another request is at it, or was until a crash; if it has no answer yet, ask again after a moment.</summary>
internal sealed record InFlight(string ResourceId, TimeSpan RetryAfter) : IdempotencyClaim(ResourceId);

/// <summary>The key stands for another body.</summary>
internal sealed record Reused(string ResourceId) : IdempotencyClaim(ResourceId);

/// <summary>It was answered, and the answer stands with the claim, sealed.</summary>
internal sealed record Answered(string ResourceId, int Status, byte[] Sealed) : IdempotencyClaim(ResourceId);
