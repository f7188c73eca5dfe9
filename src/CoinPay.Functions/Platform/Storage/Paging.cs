namespace CoinPay.Functions.Platform.Storage;

/// <summary>The requested part of a list.</summary>
/// <param name="Limit">The maximum number of items.</param>
/// <param name="After">The row key to continue after, or null for the first page.</param>
internal sealed record Paging(int Limit, string? After);
