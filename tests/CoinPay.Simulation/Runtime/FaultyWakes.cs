using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CoinPay.Simulation.Runtime;

/// <summary>Faults of a wake in transit: it is lost, duplicated, or overtaken by later ones.</summary>
internal sealed class WakeFaults(Dice dice)
{
    private readonly List<Func<Task>> _held = [];

    public double Lost { get; set; }

    public double Doubled { get; set; }

    public double Held { get; set; }

    public Action<Fault> Struck { get; set; } = static _ => { };

    public async Task SendAsync(Func<Task> send)
    {
        if (dice.Chance(Lost))
        {
            Struck(Fault.LostWake);
            return;
        }
        if (dice.Chance(Held))
        {
            Struck(Fault.LateWake);
            _held.Add(send);
            return;
        }
        await SendDurablyAsync(send);
    }

    /// <summary>
    /// A start that the hub has confirmed stands in its storage and is not lost: the creation of an invoice builds on that. It may
    /// come twice.
    /// </summary>
    public async Task SendDurablyAsync(Func<Task> send)
    {
        await send();
        if (!dice.Chance(Doubled))
            return;
        Struck(Fault.DoubledWake);
        try
        {
            await send();
        }
        catch (Exception refused) when (refused is OrchestrationAlreadyExistsException or RpcException)
        {
            // The sender has the first answer.
        }
    }

    /// <summary>Delayed wakes, in a different order than sent. Those of a dead process are lost with it.</summary>
    public IReadOnlyList<Func<Task>> TakeHeld()
    {
        Func<Task>[] held = [.. _held];
        _held.Clear();
        Array.Reverse(held);
        return held;
    }

    public void Forget() => _held.Clear();
}

/// <summary>The engine's client with lost wakes and duplicate starts.</summary>
internal sealed class FaultyWakes(DurableTaskClient hub, WakeFaults faults) : DurableTaskClient("default")
{
    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        if (options?.InstanceId is not { } id)
            return await hub.ScheduleNewOrchestrationInstanceAsync(orchestratorName, input, options, cancellation);
        await faults.SendDurablyAsync(() => StartAsync(orchestratorName, input, options));
        return id;
    }

    public override Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default) =>
        faults.SendAsync(() => hub.RaiseEventAsync(instanceId, eventName, eventPayload, CancellationToken.None));

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        hub.GetInstancesAsync(instanceId, getInputsAndOutputs, cancellation);

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) =>
        hub.GetAllInstancesAsync(filter);

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<string> StartAsync(TaskName name, object? input, StartOrchestrationOptions options) =>
        hub.ScheduleNewOrchestrationInstanceAsync(name, input, options, CancellationToken.None);
}
