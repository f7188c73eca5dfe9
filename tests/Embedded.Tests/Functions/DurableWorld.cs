using CoinPay.Embedded.Durable;
using CoinPay.Embedded.Durable.Storage;
using Microsoft.DurableTask.Client;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>
/// Storage that outlives processes, and the process that runs on it at the moment. When one dies the next is started, and what a
/// caller was doing is done again, as its own client would.
/// </summary>
internal sealed class DurableWorld : IAsyncDisposable
{
    public const string Id = "case";
    private static readonly TimeSpan Patience = Eventually.Patience;

    private readonly IRowStore _rows;
    private readonly IReadOnlyList<Type> _functions;
    private readonly string _hubName;
    private readonly int? _instancesInMemory;
    private DyingStorage _seen = null!;
    private DurableRig _rig = null!;

    private DurableWorld(
        IRowStore rows, IPayloadStore payloads, IReadOnlyList<Type> functions, string hubName, int? instancesInMemory)
    {
        Payloads = payloads;
        _instancesInMemory = instancesInMemory;
        _rows = rows;
        _functions = functions;
        _hubName = hubName;
    }

    /// <summary>Storage operations of the process that runs now.</summary>
    public int Operations => _seen.Operations;

    public int Deaths { get; private set; }

    public HubClient Client => _rig.Client;

    public HubStore Store => _rig.Store;

    public IPayloadStore Payloads { get; }

    public static async Task<DurableWorld> StartAsync(
        IRowStore rows,
        IReadOnlyList<Type> functions,
        int diesAt = int.MaxValue,
        bool after = false,
        string? hubName = null,
        IPayloadStore? payloads = null,
        int? instancesInMemory = null)
    {
        DurableWorld world = new(
            rows, payloads ?? new MemoryPayloads(), functions, hubName ?? "T" + Guid.NewGuid().ToString("N"), instancesInMemory);
        await world.BeginProcessAsync(diesAt, after);
        return world;
    }

    /// <summary>Does it with the client of a living process, until it is done.</summary>
    public async Task DoAsync(Func<HubClient, Task> action)
    {
        for (DateTime end = DateTime.UtcNow + Patience; ; await ReviveAsync())
        {
            try
            {
                await action(Client);
                return;
            }
            catch (Azure.RequestFailedException) when (_seen.IsDead && DateTime.UtcNow < end)
            {
            }
        }
    }

    public Task StartInstanceAsync(string orchestrator, object? input = null, TimeSpan? startIn = null) => DoAsync(async client =>
    {
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                orchestrator, input, new Microsoft.DurableTask.StartOrchestrationOptions(Id, DateTimeOffset.UtcNow + startIn) { DedupeStatuses = ["Completed", "Failed", "Terminated"] });
        }
        catch (global::DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException) when (Deaths > 0)
        {
        }
    });

    /// <summary>A second try, after a crash, may find the instance ended by the first: the event was in the commit that was not heard of.</summary>
    public async Task RaiseAsync(string name, object? payload = null)
    {
        int tries = 0;
        try
        {
            await DoAsync(client =>
            {
                tries++;
                return client.RaiseEventAsync(Id, name, payload);
            });
        }
        catch (Grpc.Core.RpcException ended) when (ended.StatusCode == Grpc.Core.StatusCode.FailedPrecondition && tries > 1)
        {
        }
    }

    /// <summary>As <see cref="RaiseAsync"/>, where the instance may have ended without this event.</summary>
    public async Task RaiseIfRunningAsync(string name, object? payload = null)
    {
        try
        {
            await RaiseAsync(name, payload);
        }
        catch (Grpc.Core.RpcException ended) when (ended.StatusCode == Grpc.Core.StatusCode.FailedPrecondition)
        {
        }
    }

    /// <summary>Wakes the instance whenever its status has changed, as often as it takes.</summary>
    public async Task RaiseUntilEndedAsync(string name)
    {
        string? seen = null;
        while (true)
        {
            OrchestrationMetadata now = await UntilAsync(state => state.IsCompleted || state.SerializedCustomStatus != seen);
            if (now.IsCompleted)
                return;
            seen = now.SerializedCustomStatus;
            try
            {
                await RaiseAsync(name);
            }
            catch (Grpc.Core.RpcException ended) when (ended.StatusCode == Grpc.Core.StatusCode.FailedPrecondition)
            {
            }
        }
    }

    /// <summary>Waits for a custom status, and so for a place in the orchestrator's code.</summary>
    public Task<OrchestrationMetadata> AtAsync(string customStatus) =>
        UntilAsync(state => state.IsCompleted || state.ReadCustomStatusAs<string>() == customStatus);

    public Task<OrchestrationMetadata> EndAsync() => UntilAsync(state => state.IsCompleted);

    /// <summary>The process stops, gracefully or not, and another goes on from storage alone.</summary>
    public async Task RestartAsync(bool graceful = true)
    {
        if (graceful)
            await _rig.DisposeAsync();
        else
            await _rig.AbandonAsync();
        await BeginProcessAsync(int.MaxValue, after: false);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private async Task<OrchestrationMetadata> UntilAsync(Func<OrchestrationMetadata, bool> reached)
    {
        DateTime end = DateTime.UtcNow + Patience;
        while (true)
        {
            OrchestrationMetadata? state = null;
            await DoAsync(async client => state = await client.GetInstanceAsync(Id, getInputsAndOutputs: true));
            if (state is not null && reached(state))
                return state;
            if (DateTime.UtcNow > end)
                throw new TimeoutException($"still {state?.RuntimeStatus}, custom status {state?.SerializedCustomStatus}");
            await Task.Delay(5);
        }
    }

    private async Task ReviveAsync()
    {
        Deaths++;
        await _rig.AbandonAsync();
        await BeginProcessAsync(int.MaxValue, after: false);
    }

    private async Task BeginProcessAsync(int diesAt, bool after)
    {
        _seen = new(_rows, Payloads, diesAt, after);
        _rig = DurableRig.Create(_seen, _functions, _hubName, payloads: _seen, instancesInMemory: _instancesInMemory);
        try
        {
            await _rig.StartAsync();
        }
        catch (Azure.RequestFailedException) when (_seen.IsDead)
        {
            await ReviveAsync();
        }
    }
}
