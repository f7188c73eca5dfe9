namespace CoinPay.Embedded.Durable.Storage;

/// <summary>Texts too long for a row, by names with <c>/</c> in them: blobs, or memory under the same conditions.</summary>
internal interface IPayloadStore
{
    /// <summary>Stores a text under a new name.</summary>
    Task PutAsync(string name, string text, CancellationToken cancellation);

    /// <summary>Throws <see cref="Azure.RequestFailedException"/> with 404 if it is not there.</summary>
    Task<string> GetAsync(string name, CancellationToken cancellation);

    /// <summary>All names that begin with the prefix.</summary>
    Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellation);

    /// <summary>Nothing happens if it is not there.</summary>
    Task DeleteAsync(string name, CancellationToken cancellation);
}
