using System.Text;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using CoinPay.Host.TestApp;
using CoinPay.Host.Tests.World;
using Xunit;

namespace CoinPay.Host.Tests.App;

[Collection(InProcess.Name)]
public sealed class TriggersInProcessTests(InProcessHost host) : TriggerTests(host);

[Collection(OutOfProcess.Name)]
public sealed class TriggersOutOfProcessTests(OutOfProcessHost host) : TriggerTests(host);

/// <summary>Queue functions, and what timers do at the start.</summary>
public abstract class TriggerTests(SharedHost host)
{
    private TestRun Run => host.Run;

    [Fact]
    public async Task A_queue_message_reaches_its_function_and_is_deleted()
    {
        await Run.Queue(Queues.Texts).SendMessageAsync("hello");
        await Run.WrittenAsync(Queues.Texts, "hello 1");
        await Eventually.UntilAsync(async () => await Run.CountAsync(Queues.Texts) == 0, () => "an empty queue");
    }

    [Fact]
    public async Task A_queue_message_is_read_from_JSON()
    {
        await Run.Queue(Queues.Orders).SendMessageAsync("""{"id":"a1","amount":1.5}""");
        await Run.WrittenAsync(Queues.Orders, "a1:1.5");
    }

    [Fact]
    public async Task A_function_may_ask_for_the_whole_message_with_its_text_decoded()
    {
        await Run.Queue(Queues.Messages).SendMessageAsync("hello");
        await Run.WrittenAsync(Queues.Messages, "hello 1 True");
    }

    [Fact]
    public async Task A_message_that_keeps_failing_goes_to_poison_after_its_last_attempt()
    {
        string text = "fail " + Guid.NewGuid().ToString("N");
        await Run.Queue(Queues.Texts).SendMessageAsync(text);
        await PoisonedAsync(body => body == Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(
            [$"{text} 1", $"{text} 2", $"{text} 3"],
            (await Run.TextsAsync(Queues.Texts)).Where(seen => seen.StartsWith(text, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_message_that_is_no_base64_goes_to_poison_unseen()
    {
        await Run.Queue(Queues.Texts, QueueMessageEncoding.None).SendMessageAsync("{no base64}");
        await PoisonedAsync(body => body == "{no base64}");
        Assert.DoesNotContain(await Run.TextsAsync(Queues.Texts), seen => seen.Contains("no base64", StringComparison.Ordinal));
    }

    [Fact]
    public Task A_timer_may_run_at_start_up() => Run.WrittenAsync("at-start", "late False last ");

    private async Task PoisonedAsync(Func<string, bool> isIt)
    {
        QueueClient poison = Run.Queue(Queues.Texts + "-poison", QueueMessageEncoding.None);
        PeekedMessage[] found = [];
        await Eventually.UntilAsync(
            async () => await poison.ExistsAsync()
                && (found = await poison.PeekMessagesAsync(32)).Any(message => isIt(message.Body.ToString())),
            () => $"a poisoned message among {string.Join(", ", found.Select(message => message.Body))}\n{host.Host.Output}");
    }
}
