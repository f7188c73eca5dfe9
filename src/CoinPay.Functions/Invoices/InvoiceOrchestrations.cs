using System.Diagnostics;
using CoinPay.Core;
using CoinPay.Functions.Platform.Telemetry;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// Starting and waking the orchestration of an invoice. Its instance id is the invoice's id; one that has completed is
/// followed by <c>id!2</c> and so on, never replaced, so that its history stays.
/// </summary>
internal static class InvoiceOrchestrations
{
    private const int MaxInstances = 1_000;

    /// <summary>
    /// A status that is left out may be replaced, history and all, a running instance included. Source: durabletask-dotnet
    /// #622 and #646.
    /// </summary>
    private static readonly IReadOnlyList<string> EveryStatus =
    [
        nameof(OrchestrationRuntimeStatus.Pending), nameof(OrchestrationRuntimeStatus.Running),
        nameof(OrchestrationRuntimeStatus.Suspended), nameof(OrchestrationRuntimeStatus.Completed),
        nameof(OrchestrationRuntimeStatus.Failed), nameof(OrchestrationRuntimeStatus.Terminated), "Canceled",
    ];

    /// <summary>Starts the first instance; one that exists, in whatever state, is success.</summary>
    public static Task StartAsync(DurableTaskClient client, InvoiceReference invoice, CancellationToken cancellation) =>
        ScheduleAsync(client, invoice, invoice.InvoiceId, cancellation);

    /// <summary>Wakes the instance that runs, or starts the next one where none does.</summary>
    public static async Task WakeAsync(DurableTaskClient client, InvoiceReference invoice, CancellationToken cancellation)
    {
        using Activity? span = InvoiceTrace.Begin("invoice.wake", invoice.InvoiceId);
        // Nearly always the first instance runs: the event is sent without asking.
        if (await TryRaiseAsync(client, invoice.InvoiceId, cancellation))
            return;
        OrchestrationMetadata? last = null;
        for (int number = 1; number <= MaxInstances; number++)
        {
            string instance = number == 1 ? invoice.InvoiceId : $"{invoice.InvoiceId}!{number}";
            OrchestrationMetadata? found = await client.GetInstanceAsync(instance, cancellation: cancellation);
            if (found is null)
            {
                await ScheduleAsync(client, invoice, instance, cancellation);
                NoteFailed(last, span);
                return;
            }
            if (!found.IsCompleted)
            {
                await RaiseAsync(client, instance, cancellation);
                return;
            }
            last = found;
        }
        throw new BugException("an invoice with too many orchestrations: " + invoice.InvoiceId);
    }

    /// <summary>Here, where a follower is started and so only once, because looking for failed instances would read all there are.</summary>
    private static void NoteFailed(OrchestrationMetadata? last, Activity? span)
    {
        if (last?.RuntimeStatus != OrchestrationRuntimeStatus.Failed)
            return;
        InvoiceInstruments.FoundFailed();
        span?.SetTag("coinpay.failed_instance", last.InstanceId);
    }

    /// <summary>
    /// False when there is no such instance or it has ended: clients throw several types for that, by version. On Azure
    /// it is the default of <c>throwStatusExceptionsOnRaiseEvent</c> for the Azure Storage provider.
    /// </summary>
    private static async Task<bool> TryRaiseAsync(DurableTaskClient client, string instance, CancellationToken cancellation)
    {
        try
        {
            await RaiseAsync(client, instance, cancellation);
            return true;
        }
        catch (Exception refused) when (refused is not OperationCanceledException)
        {
            return false;
        }
    }

    private static Task RaiseAsync(DurableTaskClient client, string instance, CancellationToken cancellation) =>
        client.RaiseEventAsync(instance, InvoiceOrchestrator.Wake, eventPayload: null, cancellation);

    private static async Task ScheduleAsync(
        DurableTaskClient client, InvoiceReference invoice, string instance, CancellationToken cancellation)
    {
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                nameof(InvoiceOrchestrator),
                invoice,
                new StartOrchestrationOptions(InstanceId: instance) { DedupeStatuses = EveryStatus },
                cancellation);
        }
        catch (Exception refused) when (refused is not OperationCanceledException)
        {
            // The client throws several types for "exists already", by version; only the instance itself tells.
            if (await client.GetInstanceAsync(instance, cancellation: cancellation) is null)
                throw;
        }
    }
}
