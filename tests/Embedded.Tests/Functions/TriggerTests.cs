using System.Text;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using CoinPay.Embedded.Timers;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static CoinPay.Embedded.Tests.Functions.Eventually;

namespace CoinPay.Embedded.Tests.Functions;

[Collection(AzuriteCollection.Name)]
public sealed class TriggerTests(AzuriteFixture azurite)
{
    private readonly Seen _seen = new();
    private readonly string _name = "q" + Guid.NewGuid().ToString("N");

    [Fact]
    public async Task A_queue_message_reaches_its_function_and_is_deleted()
    {
        await using TestHost host = await StartAsync([typeof(TextQueueFunction)]);
        await SendAsync("hello");
        await UntilAsync(() => _seen.Messages.Contains("hello"));
        await UntilAsync(() => Queue().GetProperties().Value.ApproximateMessagesCount == 0);
    }

    [Fact]
    public async Task A_queue_message_is_read_from_JSON()
    {
        await using TestHost host = await StartAsync([typeof(JsonQueueFunction)]);
        await SendAsync("""{"id":"a1","amount":1.5}""");
        await UntilAsync(() => _seen.Messages.Contains("a1:1.5"));
    }

    [Fact]
    public async Task A_message_that_keeps_failing_goes_to_poison_after_its_last_attempt()
    {
        await using TestHost host = await StartAsync([typeof(TextQueueFunction)]);
        await SendAsync("fail");
        PeekedMessage poisoned = await PoisonAsync();
        Assert.Equal("fail", Encoding.UTF8.GetString(Convert.FromBase64String(poisoned.Body.ToString())));
        Assert.Equal(["fail 1", "fail 2", "fail 3"], _seen.Messages);
    }

    [Fact]
    public async Task A_message_that_is_no_base64_goes_to_poison_unseen()
    {
        await using TestHost host = await StartAsync([typeof(TextQueueFunction)]);
        QueueClient raw = new(azurite.ConnectionString, _name);
        await raw.CreateIfNotExistsAsync();
        await raw.SendMessageAsync("{no base64}");
        Assert.Equal("{no base64}", (await PoisonAsync()).Body.ToString());
        Assert.Empty(_seen.Messages);
    }

    [Fact]
    public async Task A_graceful_stop_waits_for_the_message_in_work()
    {
        TestHost host = await StartAsync([typeof(TextQueueFunction)]);
        await SendAsync("gated");
        await UntilAsync(() => _seen.AtOnce == 1);
        Task stop = host.DisposeAsync().AsTask();
        _seen.OpenAll();
        await stop;
        Assert.Equal(["gated"], _seen.Messages);
        Assert.Equal(0, (await Queue().GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    [Fact]
    public async Task A_timer_runs_by_its_schedule_one_run_at_a_time_without_a_status_under_a_minute()
    {
        await using TestHost host = await StartAsync([typeof(TimerFunctionUnderTest)]);
        await UntilAsync(() => _seen.Timers.Count >= 3);
        Assert.Equal(1, _seen.MostAtOnce);
        Assert.All(_seen.Timers, timer => Assert.Null(timer.ScheduleStatus));
    }

    [Fact]
    public async Task A_timer_may_run_at_start_up_and_knows_its_next_run()
    {
        await using TestHost host = await StartAsync([typeof(YearlyTimerFunction)]);
        await UntilAsync(() => !_seen.Timers.IsEmpty);
        _seen.Timers.TryPeek(out Microsoft.Azure.Functions.Worker.TimerInfo? timer);
        Assert.Equal(default, timer!.ScheduleStatus!.Last);
    }

    [Theory]
    [InlineData("*/5 * * * * *", "2026-01-01T00:00:01Z", "2026-01-01T00:00:05Z")]
    [InlineData("0 0 0 1 * *", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")]
    [InlineData("00:00:30", "2026-01-01T00:00:01Z", "2026-01-01T00:00:31Z")]
    [InlineData("0 12 * * *", "2026-01-01T00:00:01Z", "2026-01-01T12:00:00Z")]
    public void A_schedule_has_six_fields_or_is_a_period(string text, string after, string next) =>
        Assert.Equal(DateTimeOffset.Parse(next), Schedule.Parse(text).Next(DateTimeOffset.Parse(after)));

    [Fact]
    public void A_schedule_that_cannot_be_read_is_refused() => Assert.ThrowsAny<FormatException>(() => Schedule.Parse("every day"));

    private Task<TestHost> StartAsync(IReadOnlyList<Type> functions) => TestHost.StartAsync(
        azurite.ConnectionString,
        functions,
        new Dictionary<string, string?>
        {
            ["extensions:queues:maxDequeueCount"] = "3",
            ["extensions:queues:maxPollingInterval"] = "00:00:00.200",
        },
        builder =>
        {
            builder.Configuration["TextQueue"] = _name;
            builder.Configuration["JsonQueue"] = _name;
            builder.Configuration["EverySecond"] = "*/1 * * * * *";
            builder.Services.AddSingleton(_seen);
        });

    private QueueClient Queue() => new(
        azurite.ConnectionString, _name, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });

    private async Task SendAsync(params string[] messages)
    {
        await Queue().CreateIfNotExistsAsync();
        foreach (string message in messages)
            await Queue().SendMessageAsync(message);
    }

    private async Task<PeekedMessage> PoisonAsync()
    {
        QueueClient poison = new(azurite.ConnectionString, _name + "-poison");
        PeekedMessage? found = null;
        await UntilAsync(() => poison.Exists() && (found = poison.PeekMessage().Value) is not null);
        return found!;
    }
}
