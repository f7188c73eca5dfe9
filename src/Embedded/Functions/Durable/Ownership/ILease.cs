namespace CoinPay.Embedded.Durable.Ownership;

/// <summary>A lease that one process at a time holds, as a blob's. What is refused throws <see cref="Azure.RequestFailedException"/>.</summary>
internal interface ILease
{
    /// <summary>False while somebody else holds it.</summary>
    Task<bool> TryAcquireAsync(string leaseId, TimeSpan duration, string owner, CancellationToken cancellation);

    /// <summary>Throws 409 or 412 when the lease is lost.</summary>
    Task RenewAsync(string leaseId, CancellationToken cancellation);

    Task ReleaseAsync(string leaseId, CancellationToken cancellation);

    /// <summary>Who holds it, or held it last; null if that is not known.</summary>
    Task<string?> OwnerAsync(CancellationToken cancellation);

    /// <summary>Ends the lease of a holder that is known to be gone.</summary>
    Task BreakAsync(CancellationToken cancellation);
}
