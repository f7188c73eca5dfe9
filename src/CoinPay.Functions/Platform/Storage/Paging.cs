namespace CoinPay.Functions.Platform.Storage;

/// <summary>Which part of a list is asked for.</summary>
/// <param name="Limit">At most so many items.</param>
/// <param name="After">The row key after which to go on, or null for the first page.</param>
internal sealed record Paging(int Limit, string? After);
