using System.Collections.Concurrent;
using Azure;
using CoinPay.Embedded.Durable.Storage;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Blobs in memory.</summary>
internal sealed class MemoryPayloads : IPayloadStore
{
    private readonly ConcurrentDictionary<string, string> _texts = new();

    public ICollection<string> Names => _texts.Keys;

    public Task PutAsync(string name, string text, CancellationToken cancellation)
    {
        _texts[name] = new(text.AsSpan()); // Another object, as from a service.
        return Task.CompletedTask;
    }

    public Task<string> GetAsync(string name, CancellationToken cancellation) => _texts.TryGetValue(name, out string? text)
        ? Task.FromResult(new string(text.AsSpan()))
        : throw new RequestFailedException(404, "BlobNotFound");

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<string>>(
        [.. _texts.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))]);

    public Task DeleteAsync(string name, CancellationToken cancellation)
    {
        _texts.TryRemove(name, out _);
        return Task.CompletedTask;
    }
}
