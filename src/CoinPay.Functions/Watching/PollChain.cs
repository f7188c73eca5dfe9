using Azure;
using CoinPay.Chains;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Watching;

/// <summary>
/// Reads every network from where it stopped up to its head, and wakes the invoices whose view changed. Networks run in
/// parallel; one that fails or hangs does not delay the others past its time limit. Before the first poll, and hourly, the
/// network's settings are compared with its chain.
/// </summary>
internal sealed class PollChain(
    Pollers pollers, OfferChecks offers, IInvoiceWaker invoices, TimeProvider clock, ILogger<PollChain> log)
{
    /// <summary>
    /// A safety net. A poller normally ends its polls in time, and calls to a silent node end at their own time limit. This
    /// limit is above both, because a poll that it ends loses the poller's memory.
    /// </summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(90);

    [Function(nameof(PollChain))]
    public Task Run(
        [TimerTrigger("%PollSchedule%", RunOnStartup = true)] TimerInfo timer,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellation) =>
        Task.WhenAll(pollers.DueAt(clock.GetUtcNow()).Select(poller => PollAsync(poller, durable, cancellation)));

    private async Task PollAsync(NetworkPoller poller, DurableTaskClient durable, CancellationToken cancellation)
    {
        using CancellationTokenSource silence = new(TimeLimit, clock);
        using CancellationTokenSource limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation, silence.Token);
        string network = poller.Network.Name;
        try
        {
            await offers.CheckIfDueAsync(poller.Network, limited.Token);
            foreach (Watch watch in await poller.PollAsync(limited.Token))
                await invoices.WakeAsync(durable, watch, limited.Token);
            if (poller.Progress.Doubt is { } doubt)
                pollers.Failed(network, doubt, log);
            else
                pollers.Answered(network, log);
        }
        catch (ChainUnknownException unknown)
        {
            pollers.Failed(network, unknown.Message, log);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            poller.Forget();
            pollers.Failed(network, $"the poll did not finish within {TimeLimit}", log);
        }
        catch (RequestFailedException overtaken) when (overtaken.Status is 409 or 412)
        {
            poller.Forget();
            log.LogInformation("{Network}: another process polls it too; this one starts from storage again", network);
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            // The other networks continue. This one starts from storage again, and logs the error until it works.
            poller.Forget();
            log.LogError(broken, "{Network}: the poll failed", network);
        }
    }
}
