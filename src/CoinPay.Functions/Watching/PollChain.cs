using CoinPay.Chains;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Watching;

/// <summary>
/// Reads every network from where it stopped to its head, and wakes the invoices whose view changed. Networks run in
/// parallel; one that fails or hangs delays no other past its time limit.
/// </summary>
internal sealed class PollChain(Pollers pollers, IInvoiceWaker invoices, TimeProvider clock, ILogger<PollChain> log)
{
    /// <summary>
    /// A poller ends its polls in time by itself, and a node that is silent ends them at the time limit of its calls:
    /// this is for what neither foresees. It is above both, because what ends here loses the poller's memory.
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
            foreach (Watch watch in await poller.PollAsync(limited.Token))
                await invoices.WakeAsync(durable, watch, limited.Token);
            pollers.Answered(network, log);
        }
        catch (ChainUnknownException unknown)
        {
            pollers.Failed(network, unknown.Message, log);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            poller.Forget();
            pollers.Failed(network, $"no answer within {TimeLimit}", log);
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            // The other networks go on. This one starts from storage again, and says so until it works.
            poller.Forget();
            log.LogError(broken, "{Network}: the poll failed", network);
        }
    }
}
