using CoinPay.Embedded.Durable.Storage;

namespace CoinPay.Functions.Tests.Simulation;

/// <summary>Blobs for texts too long for a row: nothing here is so long, and a run that needs one says so.</summary>
internal sealed class NoPayloads : IPayloadStore
{
    public Task PutAsync(string name, string text, CancellationToken cancellation) =>
        throw new SimulationException($"a payload of {text.Length} characters: {name}");

    public Task<string> GetAsync(string name, CancellationToken cancellation) => throw new SimulationException("no payload " + name);

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string>>([]);

    public Task DeleteAsync(string name, CancellationToken cancellation) => Task.CompletedTask;
}
