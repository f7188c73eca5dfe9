using CoinPay.Embedded.Queues;
using CoinPay.Testing.Storage;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace CoinPay.Embedded.Tests.Functions;

public sealed class GatedQueueFunction(Seen seen)
{
    /// <summary>Stays inside until the test opens the gate.</summary>
    [Function("Gated")]
    public Task Run([QueueTrigger("work")] string message) => seen.InsideAsync(message);
}

/// <summary>A queue function by the clock: how often it is tried, when, how many at once. Time is virtual.</summary>
public sealed class QueueWorkTests
{
    private readonly QueueWorld _world = new();
    private readonly Seen _seen = new();

    [Fact]
    public async Task A_message_that_failed_is_hidden_for_the_visibility_timeout()
    {
        bool failed = false;
        _world.Storage.After = operation =>
        {
            failed |= operation.Action == StorageAction.UpdateMessage;
            return default;
        };
        await SendAsync("fail");
        await using QueueRig host = _world.Start(typeof(TextQueueFunction), _seen, ("visibilityTimeout", "00:00:02"));
        await host.PollUntilAsync(() => failed);
        await _world.Time.PassAsync(TimeSpan.FromSeconds(1.9));
        Assert.Equal(["fail 1"], _seen.Messages);
        await host.PollUntilAsync(() => _seen.Messages.Contains("fail 2"));
    }

    [Fact]
    public async Task No_more_messages_are_in_work_than_a_batch_and_the_threshold()
    {
        await SendAsync("a", "b", "c", "d", "e", "f");
        await using QueueRig host = _world.Start(typeof(GatedQueueFunction), _seen, ("batchSize", "2"), ("newBatchThreshold", "1"));
        await Eventually.UntilAsync(() => _seen.AtOnce == 2);
        _seen.Open("a");
        await Eventually.UntilAsync(() => _seen.AtOnce == 3);
        _seen.OpenAll();
        await host.PollUntilAsync(() => _seen.Messages.Count == 6);
        Assert.Equal(3, _seen.MostAtOnce);
    }

    [Fact]
    public async Task Messages_are_worked_on_side_by_side()
    {
        await SendAsync([.. Enumerable.Range(0, 20).Select(i => $"m{i}")]);
        await using QueueRig host = _world.Start(typeof(GatedQueueFunction), _seen, ("batchSize", "16"));
        await Eventually.UntilAsync(() => _seen.AtOnce == 16);
        _seen.OpenAll();
        await host.PollUntilAsync(() => _seen.Messages.Count == 20);
        Assert.Equal(20, _seen.Messages.Distinct().Count());
    }

    [Fact]
    public async Task A_message_taken_too_often_by_processes_that_died_goes_to_poison_unrun()
    {
        await SendAsync("deadly");
        for (int death = 0; death < 3; death++)
        {
            Assert.NotNull((await _world.Queue.ReceiveMessageAsync(TimeSpan.FromSeconds(1))).Value);
            _world.Time.Advance(TimeSpan.FromSeconds(1));
        }
        await using QueueRig host = _world.Start(typeof(TextQueueFunction), _seen);
        await host.PollUntilAsync(() => _world.Poison.Exists() && _world.Poison.PeekMessage().Value is not null);
        Assert.Empty(_seen.Messages);
    }

    [Fact]
    public async Task A_stop_waits_for_the_message_in_work()
    {
        await SendAsync("slow");
        await using QueueRig host = _world.Start(typeof(GatedQueueFunction), _seen);
        await host.PollUntilAsync(() => _seen.AtOnce == 1);
        host.TellToStop();
        Assert.False(host.Ended.IsCompleted);
        _seen.OpenAll();
        await host.Ended.WaitAsync(Eventually.Patience);
        Assert.Equal(["slow"], _seen.Messages);
        Assert.Equal(0, (await _world.Queue.GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    [Fact]
    public async Task A_function_that_runs_longer_than_the_lease_keeps_its_message_to_itself()
    {
        int renewals = 0;
        _world.Storage.After = operation =>
        {
            renewals += operation.Action == StorageAction.UpdateMessage ? 1 : 0;
            return default;
        };
        Seen otherSeen = new();
        await SendAsync("long");
        await using QueueRig host = _world.Start(typeof(GatedQueueFunction), _seen);
        await host.PollUntilAsync(() => _seen.AtOnce == 1);
        await using QueueRig other = _world.Start(typeof(GatedQueueFunction), otherSeen);
        for (int round = 1; round <= 10; round++)
        {
            await Eventually.UntilAsync(() => _world.Time.Waits.Count(wait => wait == QueueWork.RenewEvery) == round);
            await _world.Time.PassAsync(QueueWork.RenewEvery);
            await Eventually.UntilAsync(() => renewals == round);
        }
        Assert.True(10 * QueueWork.RenewEvery > 3 * QueueWork.Lease);
        _seen.OpenAll();
        await host.PollUntilAsync(() => _world.Queue.GetProperties().Value.ApproximateMessagesCount == 0);
        Assert.Equal(["long"], _seen.Messages);
        Assert.Equal((1, 0), (_seen.MostAtOnce, otherSeen.MostAtOnce));
    }

    [Fact]
    public async Task A_message_of_a_process_that_died_comes_again_when_its_lease_is_over_and_not_before()
    {
        await SendAsync("fail");
        Assert.NotNull((await _world.Queue.ReceiveMessageAsync(QueueWork.Lease)).Value);
        await using QueueRig next = _world.Start(typeof(TextQueueFunction), _seen, ("visibilityTimeout", "01:00:00"));
        await Eventually.UntilAsync(() => _world.Time.Waits.Count == 1);
        await _world.Time.PassAsync(QueueWork.Lease - TimeSpan.FromSeconds(0.1));
        Assert.Empty(_seen.Messages);
        await next.PollUntilAsync(() => !_seen.Messages.IsEmpty);
        Assert.Equal(["fail 2"], _seen.Messages);
    }

    [Fact]
    public async Task An_empty_queue_is_polled_ever_more_slowly_up_to_the_longest_interval_and_at_once_after_a_message()
    {
        double[] slower = [0.2, 0.4, 0.8, 1.6, 3.2, 5, 5];
        await using QueueRig host = _world.Start(typeof(TextQueueFunction), _seen, ("maxPollingInterval", "00:00:05"));
        for (int poll = 1; poll <= slower.Length; poll++)
        {
            await Eventually.UntilAsync(() => _world.Time.Waits.Count == poll);
            if (poll < slower.Length)
                _world.Time.Advance(_world.Time.Waits[^1]);
        }
        Assert.Equal(slower, _world.Time.Waits.Select(wait => wait.TotalSeconds));
        await SendAsync("hello");
        _world.Time.Advance(TimeSpan.FromSeconds(5));
        await Eventually.UntilAsync(() => _world.Time.Waits.Skip(slower.Length).Any(wait => wait < TimeSpan.FromSeconds(5)));
        Assert.Equal(0.2, _world.Time.Waits.Skip(slower.Length).Min().TotalSeconds);
        await Eventually.UntilAsync(() => _seen.Messages.Contains("hello"));
    }

    private async Task SendAsync(params string[] messages)
    {
        foreach (string message in messages)
            await _world.Queue.SendMessageAsync(message);
    }
}
