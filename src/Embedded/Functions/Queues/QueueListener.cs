using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using CoinPay.Embedded.Hosting;
using CoinPay.Embedded.Worker;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Queues;

/// <summary>
/// Polls one queue: at once while there are messages, then ever more slowly up to <c>maxPollingInterval</c>. A new batch is fetched
/// when no more than <c>newBatchThreshold</c> messages of the last are still in work.
/// </summary>
internal sealed class QueueListener(
    FunctionDescriptor function,
    FunctionInvoker invoker,
    QueueClient queue,
    QueueClient? poison,
    HostSettings settings,
    TimeProvider time,
    ILogger log) : IDisposable
{
    private const int MaxBatch = 32;
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);
    private readonly SemaphoreSlim _oneEnded = new(0);
    private int _inWork;

    /// <summary>Polls until the host stops, then waits for what is in work.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await Task.Yield();
        TimeSpan wait = ShortestWait;
        try
        {
            while (true)
            {
                int taken = await TakeAsync(stopping);
                TimeSpan longest = settings.Queues.MaxPollingInterval;
                wait = taken > 0 ? ShortestWait : wait * 2 < longest ? wait * 2 : longest;
                if (taken == 0)
                    await Task.Delay(wait, time, stopping);
                while (Volatile.Read(ref _inWork) > settings.Queues.NewBatchThreshold)
                    await _oneEnded.WaitAsync(stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        while (Volatile.Read(ref _inWork) > 0)
            await _oneEnded.WaitAsync(CancellationToken.None);
    }

    public void Dispose() => _oneEnded.Dispose();

    private async Task<int> TakeAsync(CancellationToken stopping)
    {
        try
        {
            QueueMessage[] batch = await queue.ReceiveMessagesAsync(
                Math.Min(settings.Queues.BatchSize, MaxBatch), QueueWork.Lease, stopping);
            foreach (QueueMessage message in batch)
            {
                Interlocked.Increment(ref _inWork);
                _ = WorkAsync(message);
            }
            return batch.Length;
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            await queue.CreateIfNotExistsAsync(cancellationToken: stopping);
            return 0;
        }
        catch (Exception failure) when (failure is RequestFailedException or AggregateException)
        {
            log.LogWarning("Queue {Queue} could not be read: {Reason}", queue.Name, failure.Message);
            return 0;
        }
    }

    private async Task WorkAsync(QueueMessage message)
    {
        await Task.Yield();
        try
        {
            await new QueueWork(function, invoker, queue, poison, settings, time, log).RunAsync(message);
        }
        catch (Exception failure) when (failure is RequestFailedException or AggregateException)
        {
            log.LogWarning("Message {Message} of {Queue} will come again: {Reason}", message.MessageId, queue.Name, failure.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _inWork);
            _oneEnded.Release();
        }
    }
}
