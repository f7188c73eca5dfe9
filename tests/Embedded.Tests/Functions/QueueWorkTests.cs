using CoinPay.Embedded.Storage;
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

    private async Task SendAsync(params string[] messages)
    {
        foreach (string message in messages)
            await _world.Queue.SendMessageAsync(message);
    }
}
