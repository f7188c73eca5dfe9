using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Xunit;

namespace CoinPay.Acceptance.Storage;

/// <summary>What the queue service promises.</summary>
public abstract class QueueContract(StorageUnderTest storage)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(1.3);
    private static readonly TimeSpan Forever = TimeSpan.FromSeconds(-1);

    [Fact]
    public async Task A_queue_may_be_created_again_and_is_gone_when_deleted()
    {
        QueueClient queue = await storage.QueueAsync();
        Assert.Null(await queue.CreateIfNotExistsAsync());
        Assert.True(await queue.ExistsAsync());
        Assert.True(await queue.DeleteIfExistsAsync());
        Assert.False(await queue.DeleteIfExistsAsync());
        Assert.False(await queue.ExistsAsync());
        await StorageUnderTest.RefusedAsync(404, "QueueNotFound", () => queue.SendMessageAsync("x"));
        await StorageUnderTest.RefusedAsync(404, "QueueNotFound", () => queue.ReceiveMessagesAsync());
        await StorageUnderTest.RefusedAsync(404, "QueueNotFound", () => queue.GetPropertiesAsync());
    }

    [Fact]
    public async Task Queues_are_listed_by_prefix()
    {
        QueueClient queue = await storage.QueueAsync();
        await storage.QueueAsync();
        Assert.Equal([queue.Name], await storage.Queues.GetQueuesAsync(prefix: queue.Name).Select(item => item.Name).ToListAsync());
    }

    [Fact]
    public Task A_queue_name_that_is_none_is_refused() =>
        StorageUnderTest.RefusedAsync(400, null, () => storage.Queues.CreateQueueAsync("No_Queue"));

    [Fact]
    public async Task Messages_come_in_order_once_and_whole()
    {
        QueueClient queue = await storage.QueueAsync();
        string[] texts = ["first", "<a>&'\"</a>", "  spaces \n é ", "bGFzdA=="];
        foreach (string text in texts)
            await queue.SendMessageAsync(text);
        QueueMessage[] taken = await queue.ReceiveMessagesAsync(32);
        Assert.Equal(texts, taken.Select(message => message.Body.ToString()));
        Assert.All(taken, message => Assert.Equal(1, message.DequeueCount));
        Assert.Empty((await queue.ReceiveMessagesAsync(32)).Value);
    }

    [Fact]
    public async Task A_message_is_taken_alone_unless_more_are_asked_for_and_never_more_than_32()
    {
        QueueClient queue = await storage.QueueAsync();
        for (int number = 0; number < 34; number++)
            await queue.SendMessageAsync($"{number}");
        Assert.Single((await queue.ReceiveMessagesAsync()).Value);
        Assert.Equal(32, (await queue.ReceiveMessagesAsync(32)).Value.Length);
        await StorageUnderTest.RefusedAsync(400, "OutOfRangeQueryParameterValue", () => queue.ReceiveMessagesAsync(33));
    }

    [Fact]
    public async Task A_message_sent_with_a_delay_shows_after_it()
    {
        QueueClient queue = await storage.QueueAsync();
        await queue.SendMessageAsync("much later", TimeSpan.FromHours(1));
        Assert.Empty((await queue.ReceiveMessagesAsync(32)).Value);
        Assert.Null((await queue.PeekMessageAsync()).Value);
        await queue.SendMessageAsync("late", Second);
        await storage.PassAsync(Later);
        Assert.Equal("late", (await queue.ReceiveMessagesAsync(32)).Value.Single().Body.ToString());
    }

    [Fact]
    public async Task A_message_not_deleted_comes_again_with_a_higher_count_and_another_receipt()
    {
        QueueClient queue = await storage.QueueAsync();
        await queue.SendMessageAsync("again");
        QueueMessage first = await queue.ReceiveMessageAsync(Second);
        await storage.PassAsync(Later);
        QueueMessage second = await queue.ReceiveMessageAsync(Second);
        Assert.Equal((first.MessageId, 2), (second.MessageId, second.DequeueCount));
        Assert.NotEqual(first.PopReceipt, second.PopReceipt);
    }

    [Fact]
    public async Task A_stale_receipt_neither_deletes_nor_updates()
    {
        QueueClient queue = await storage.QueueAsync();
        await queue.SendMessageAsync("held");
        QueueMessage first = await queue.ReceiveMessageAsync(Second);
        await storage.PassAsync(Later);
        QueueMessage second = await queue.ReceiveMessageAsync();
        // The list of error codes has both answers: a caller takes either for a message that it has lost.
        int status = storage.IsMemory ? 404 : 400;
        string code = storage.Code("MessageNotFound", azurite: "PopReceiptMismatch");
        await StorageUnderTest.RefusedAsync(status, code, () => queue.DeleteMessageAsync(first.MessageId, first.PopReceipt));
        await StorageUnderTest.RefusedAsync(status, code, () => queue.UpdateMessageAsync(first.MessageId, first.PopReceipt));
        await queue.DeleteMessageAsync(second.MessageId, second.PopReceipt);
        await StorageUnderTest.RefusedAsync(
            404, "MessageNotFound", () => queue.DeleteMessageAsync(second.MessageId, second.PopReceipt));
    }

    [Fact]
    public async Task A_receipt_holds_after_the_time_is_over_if_nobody_else_took_the_message()
    {
        QueueClient queue = await storage.QueueAsync();
        await queue.SendMessageAsync("held");
        QueueMessage taken = await queue.ReceiveMessageAsync(Second);
        await storage.PassAsync(Later);
        await queue.DeleteMessageAsync(taken.MessageId, taken.PopReceipt);
        Assert.Equal(0, (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    [Fact]
    public async Task The_receipt_of_sending_deletes_a_message_too()
    {
        QueueClient queue = await storage.QueueAsync();
        SendReceipt sent = await queue.SendMessageAsync("never mind");
        await queue.DeleteMessageAsync(sent.MessageId, sent.PopReceipt);
        Assert.Empty((await queue.ReceiveMessagesAsync()).Value);
    }

    [Fact]
    public async Task An_update_hides_longer_and_gives_the_next_receipt()
    {
        QueueClient queue = await storage.QueueAsync();
        await queue.SendMessageAsync("lease");
        QueueMessage taken = await queue.ReceiveMessageAsync(Second);
        UpdateReceipt renewed = await queue.UpdateMessageAsync(taken.MessageId, taken.PopReceipt, visibilityTimeout: TimeSpan.FromHours(1));
        await storage.PassAsync(Later);
        Assert.Empty((await queue.ReceiveMessagesAsync()).Value);
        Assert.NotEqual(taken.PopReceipt, renewed.PopReceipt);
        Assert.InRange(renewed.NextVisibleOn - taken.InsertedOn!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(65));
        await queue.DeleteMessageAsync(taken.MessageId, renewed.PopReceipt);
    }

    [Fact]
    public async Task An_update_may_change_the_text_and_show_the_message_at_once()
    {
        QueueClient queue = await storage.QueueAsync();
        await queue.SendMessageAsync("before");
        QueueMessage taken = await queue.ReceiveMessageAsync();
        await queue.UpdateMessageAsync(taken.MessageId, taken.PopReceipt, "after", TimeSpan.Zero);
        QueueMessage again = await queue.ReceiveMessageAsync();
        Assert.Equal(("after", 2), (again.Body.ToString(), again.DequeueCount));
        await queue.UpdateMessageAsync(again.MessageId, again.PopReceipt, visibilityTimeout: TimeSpan.Zero);
        Assert.Equal("after", (await queue.ReceiveMessageAsync()).Value.Body.ToString());
    }

    [Fact]
    public async Task A_peek_takes_nothing()
    {
        QueueClient queue = await storage.QueueAsync();
        await queue.SendMessageAsync("seen");
        PeekedMessage peeked = (await queue.PeekMessagesAsync(32)).Value.Single();
        Assert.Equal(("seen", 0), (peeked.Body.ToString(), peeked.DequeueCount));
        Assert.Equal(1, (await queue.ReceiveMessageAsync()).Value.DequeueCount);
    }

    [Fact]
    public async Task The_count_is_of_all_messages_and_a_clear_drops_them()
    {
        QueueClient queue = await storage.QueueAsync();
        await queue.SendMessageAsync("taken");
        await queue.ReceiveMessageAsync();
        await queue.SendMessageAsync("hidden", TimeSpan.FromHours(1));
        await queue.SendMessageAsync("shown");
        Assert.Equal(3, (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount);
        await queue.ClearMessagesAsync();
        Assert.Equal(0, (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    [Fact]
    public async Task A_message_dies_with_its_time_to_live()
    {
        QueueClient queue = await storage.QueueAsync();
        await queue.SendMessageAsync("short", timeToLive: Second);
        await queue.SendMessageAsync("long", timeToLive: Forever);
        await storage.PassAsync(Later);
        Assert.Equal("long", (await queue.ReceiveMessagesAsync(32)).Value.Single().Body.ToString());
    }

    [Fact]
    public async Task A_message_lives_seven_days_or_as_told_or_for_ever()
    {
        QueueClient queue = await storage.QueueAsync();
        SendReceipt usual = await queue.SendMessageAsync("usual");
        SendReceipt told = await queue.SendMessageAsync("told", timeToLive: TimeSpan.FromDays(30));
        SendReceipt always = await queue.SendMessageAsync("always", timeToLive: Forever);
        Assert.Equal(TimeSpan.FromDays(7), usual.ExpirationTime - usual.InsertionTime);
        Assert.Equal(TimeSpan.FromDays(30), told.ExpirationTime - told.InsertionTime);
        Assert.Equal(9999, always.ExpirationTime.Year);
    }

    [Fact]
    public async Task Delays_and_lives_outside_the_limits_are_refused()
    {
        QueueClient queue = await storage.QueueAsync();
        await StorageUnderTest.RefusedAsync(
            400, "OutOfRangeQueryParameterValue", () => queue.SendMessageAsync("x", TimeSpan.FromDays(7.1)));
        await StorageUnderTest.RefusedAsync(
            400, "OutOfRangeQueryParameterValue", () => queue.ReceiveMessageAsync(TimeSpan.FromDays(7.1)));
        await StorageUnderTest.RefusedAsync(400, null, () => queue.SendMessageAsync("x", Second, Second));
    }

    [Fact]
    public async Task A_message_holds_64_kibibytes_and_no_more()
    {
        QueueClient queue = await storage.QueueAsync();
        await queue.SendMessageAsync(new string('x', 64 * 1024));
        await StorageUnderTest.RefusedAsync(413, "RequestBodyTooLarge", () => queue.SendMessageAsync(new string('x', (64 * 1024) + 1)));
    }

    [Fact]
    public async Task Base64_is_the_clients_business()
    {
        QueueClient plain = await storage.QueueAsync();
        await plain.SendMessageAsync(Convert.ToBase64String("hello"u8));
        Assert.Equal("aGVsbG8=", (await plain.PeekMessageAsync()).Value.Body.ToString());
    }
}

public sealed class MemoryQueueTests() : QueueContract(new MemoryUnderTest());

[Collection(AzuriteCollection.Name)]
public sealed class AzuriteQueueTests(AzuriteFixture azurite) : QueueContract(new AzuriteUnderTest(azurite));
