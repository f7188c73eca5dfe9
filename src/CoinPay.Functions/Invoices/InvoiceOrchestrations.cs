using System.Diagnostics;
using CoinPay.Core;
using CoinPay.Functions.Platform.Telemetry;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// Starts and wakes the orchestration of an invoice. Its instance id is the invoice's id; a completed instance is followed
/// by <c>id!2</c> and so on, never replaced, so its history stays.
/// </summary>
internal static class InvoiceOrchestrations
{
    private const int MaxInstances = 1_000;

    /// <summary>
    /// An instance in a status that is left out can be replaced together with its history, even while it runs. Source:
    /// durabletask-dotnet #622 and #646.
    /// </summary>
    private static readonly IReadOnlyList<string> EveryStatus =
    [
        nameof(OrchestrationRuntimeStatus.Pending), nameof(OrchestrationRuntimeStatus.Running),
        nameof(OrchestrationRuntimeStatus.Suspended), nameof(OrchestrationRuntimeStatus.Completed),
        nameof(OrchestrationRuntimeStatus.Failed), nameof(OrchestrationRuntimeStatus.Terminated), "Canceled",
    ];

    /// <summary>Starts the first instance; succeeds if one already exists, in any state.</summary>
    public static Task StartAsync(DurableTaskClient client, InvoiceReference invoice, CancellationToken cancellation) =>
        ScheduleAsync(client, invoice, invoice.InvoiceId, cancellation);

    /// <summary>Wakes the running instance, or starts the next one if none runs.</summary>
    public static async Task WakeAsync(DurableTaskClient client, InvoiceReference invoice, CancellationToken cancellation)
    {
        using Activity? span = InvoiceTrace.Begin("invoice.wake", invoice.InvoiceId);
        // The first instance is nearly always running, so send the event without checking.
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
        throw new BugException("an invoice has too many orchestrations: " + invoice.InvoiceId);
    }

    /// <summary>Counts a failure once, when its successor starts: a search for failed instances would read every instance.</summary>
    private static void NoteFailed(OrchestrationMetadata? last, Activity? span)
    {
        if (last?.RuntimeStatus != OrchestrationRuntimeStatus.Failed)
            return;
        InvoiceInstruments.FoundFailed();
        span?.SetTag("coinpay.failed_instance", last.InstanceId);
    }

    /// <summary>
    /// Returns false if the instance does not exist or has ended: clients throw various types for that, depending on the version.
    /// On Azure this needs <c>throwStatusExceptionsOnRaiseEvent</c>, which is on by default for the Azure Storage provider.
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
            // Depending on its version, the client throws various types for "already exists", so look for the instance itself.
            if (await client.GetInstanceAsync(instance, cancellation: cancellation) is null)
                throw;
        }
    }
}
