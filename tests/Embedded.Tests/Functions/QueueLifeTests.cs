using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;
using static CoinPay.Embedded.Tests.Functions.Eventually;

namespace CoinPay.Embedded.Tests.Functions;

public sealed class QueueMessageFunction(Seen seen)
{
    [Function("OnQueueMessage")]
    public void Run([QueueTrigger("%TextQueue%")] QueueMessage message) =>
        seen.Messages.Enqueue($"{message.Body} {message.DequeueCount} {message.MessageId.Length > 0}");
}

[Collection(AzuriteCollection.Name)]
public sealed class QueueLifeTests(AzuriteFixture azurite)
{
    private readonly Seen _seen = new();
    private readonly string _name = "q" + Guid.NewGuid().ToString("N");

    [Fact]
    public async Task A_function_may_ask_for_the_whole_message_with_its_text_decoded()
    {
        await using TestHost host = await StartAsync(typeof(QueueMessageFunction));
        await SendAsync(_name, "hello");
        await UntilAsync(() => _seen.Messages.Contains("hello 1 True"));
    }

    [Fact]
    public async Task Without_encoding_a_message_is_taken_as_it_is()
    {
        await using TestHost host = await StartAsync(typeof(TextQueueFunction), ("messageEncoding", "none"));
        await SendAsync(_name, "{plain}", QueueMessageEncoding.None);
        await UntilAsync(() => _seen.Messages.Contains("{plain}"));
    }

    [Fact]
    public async Task A_poison_queue_has_no_poison_queue_of_its_own()
    {
        string poison = _name + "-poison";
        await using TestHost host = await StartAsync(typeof(TextQueueFunction), poison);
        await SendAsync(poison, "fail");
        await UntilAsync(() => _seen.Messages.Count == 3);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.False(await Queue(poison + "-poison").ExistsAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, (await Queue(poison).GetPropertiesAsync(TestContext.Current.CancellationToken)).Value.ApproximateMessagesCount);
        Assert.Equal(3, _seen.Messages.Count);
    }

    [Fact]
    public async Task A_stop_lets_functions_run_for_twenty_seconds()
    {
        await using TestHost host = await StartAsync(typeof(TextQueueFunction));
        Assert.Equal(TimeSpan.FromSeconds(20), host.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    [Fact]
    public async Task A_function_past_the_stops_limit_is_left_and_its_message_not_deleted()
    {
        TestHost host = await TestHost.StartAsync(azurite.ConnectionString, [typeof(TextQueueFunction)], configure: builder =>
        {
            builder.Configuration["TextQueue"] = _name;
            builder.Services.AddSingleton(_seen);
            builder.Services.PostConfigure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        });
        await SendAsync(_name, "gated");
        await UntilAsync(() => _seen.AtOnce == 1);
        await host.DisposeAsync().AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(1, _seen.AtOnce);
        Assert.Equal(1, (await Queue(_name).GetPropertiesAsync(TestContext.Current.CancellationToken)).Value.ApproximateMessagesCount);
        _seen.OpenAll();
    }

    private Task<TestHost> StartAsync(Type function, params (string Name, string Value)[] queues) =>
        StartAsync(function, _name, queues);

    private Task<TestHost> StartAsync(Type function, string queue, params (string Name, string Value)[] queues)
    {
        Dictionary<string, string?> hostJson = new()
        {
            ["extensions:queues:maxDequeueCount"] = "3",
            ["extensions:queues:maxPollingInterval"] = "00:00:00.200",
        };
        foreach ((string name, string value) in queues)
            hostJson[$"extensions:queues:{name}"] = value;
        return TestHost.StartAsync(azurite.ConnectionString, [function], hostJson, builder =>
        {
            builder.Configuration["TextQueue"] = queue;
            builder.Services.AddSingleton(_seen);
        });
    }

    private QueueClient Queue(string name, QueueMessageEncoding encoding = QueueMessageEncoding.Base64) =>
        new(azurite.ConnectionString, name, new QueueClientOptions { MessageEncoding = encoding });

    private async Task SendAsync(string name, string message, QueueMessageEncoding encoding = QueueMessageEncoding.Base64)
    {
        await Queue(name).CreateIfNotExistsAsync();
        await Queue(name, encoding).SendMessageAsync(message);
    }
}
