using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using CoinPay.Embedded.Hosting;
using CoinPay.Embedded.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static CoinPay.Embedded.Tests.Functions.Eventually;

namespace CoinPay.Embedded.Tests.Functions;

[Collection(AzuriteCollection.Name)]
public sealed class HostLifeTests(AzuriteFixture azurite)
{
    private const string Caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private readonly Seen _seen = new();
    private readonly string _name = "q" + Guid.NewGuid().ToString("N");

    [Fact]
    public async Task A_client_that_goes_away_cancels_its_function()
    {
        await using TestHost host = await StartAsync();
        using CancellationTokenSource gone = new();
        Task<HttpResponseMessage> call = host.Http.GetAsync("/wait", gone.Token);
        await UntilAsync(() => _seen.Messages.Contains("waiting"));
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await UntilAsync(() => _seen.Messages.Contains("cancelled"));
    }

    [Theory]
    [InlineData("/f", "function-key", HttpStatusCode.OK)]
    [InlineData("/f", "master-key", HttpStatusCode.OK)]
    [InlineData("/f", "system-key", HttpStatusCode.Unauthorized)]
    [InlineData("/a", "master-key", HttpStatusCode.OK)]
    [InlineData("/a", "function-key", HttpStatusCode.Unauthorized)]
    [InlineData("/a", "", HttpStatusCode.Unauthorized)]
    public async Task A_function_is_open_to_the_keys_of_its_level(string path, string key, HttpStatusCode status)
    {
        await using TestHost host = await StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("x-functions-key", key);
        Assert.Equal(status, (await host.Http.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory]
    [InlineData(1000, HttpStatusCode.OK)]
    [InlineData(1001, HttpStatusCode.InternalServerError)]
    public async Task A_body_may_be_as_long_as_the_setting_says(int bytes, HttpStatusCode status)
    {
        await using TestHost host = await StartAsync();
        using ByteArrayContent body = new(new byte[bytes]);
        Assert.Equal(status, (await host.Http.PostAsync("/measure", body, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task A_span_for_each_invocation_stands_in_the_callers_trace()
    {
        List<Activity> ended = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == "Microsoft.Azure.Functions.Worker",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                lock (ended)
                    ended.Add(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using TestHost host = await StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, "/trace");
        request.Headers.Add("traceparent", Caller);
        using HttpResponseMessage answer = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
        using JsonDocument body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        string parent = body.RootElement.GetProperty("parent").GetString()!;
        Assert.StartsWith(Caller[..35], parent, StringComparison.Ordinal);
        Assert.Equal(parent[..^3], body.RootElement.GetProperty("span").GetString()![..^3]); // without the flags
        string invocation = body.RootElement.GetProperty("invocationId").GetString()!;
        await UntilAsync(() => Ended(ended).Any(span => Equals(span.GetTagItem("faas.invocation_id"), invocation)));
        Assert.Equal("function Trace", Ended(ended).Single(span => Equals(span.GetTagItem("faas.invocation_id"), invocation)).DisplayName);
    }

    [Fact]
    public void A_logged_event_is_one_line_with_function_invocation_and_instance()
    {
        InvocationContext context = new(FunctionCatalog.Discover(new() { FunctionClasses = [typeof(HostLifeFunctions)] }).Functions[0], default)
        {
            BindingData = new Dictionary<string, object?> { ["instanceId"] = "inv_1" },
        };
        LoggerExternalScopeProvider scopes = new();
        using StringWriter text = new();
        LogEntry<string> entry = new(
            LogLevel.Error, "Some.Category", default, "first\nsecond", new FormatException("bad"), (state, _) => state);
        using (scopes.Push(new InvocationScope(context)))
            new LineFormatter().Write(entry, scopes, text);
        string line = Assert.Single(text.ToString().TrimEnd().Split('\n'));
        Assert.Contains(
            $" fail Some.Category [{context.Function.Name} {context.InvocationId} inv_1] first⏎second | System.FormatException: bad",
            line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_is_ready_while_its_storage_answers()
    {
        await using TestHost host = await StartAsync();
        Assert.Equal(
            """{"status":"ready","storage":"reachable","hub":"unused","host":"running"}""",
            await host.Http.GetStringAsync("/health/ready", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_host_without_storage_is_not_ready()
    {
        const string Nowhere = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;QueueEndpoint=http://127.0.0.1:1/a;"
            + "BlobEndpoint=http://127.0.0.1:1/a;TableEndpoint=http://127.0.0.1:1/a";
        await using TestHost host = await TestHost.StartAsync(Nowhere, [typeof(CatchAllFunction)]);
        using HttpResponseMessage answer = await host.Http.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("\"storage\":\"unreachable\"", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_a_function_returns_goes_to_its_queue()
    {
        await using TestHost host = await StartAsync();
        await Queue(_name).CreateIfNotExistsAsync(cancellationToken: TestContext.Current.CancellationToken);
        await Queue(_name).SendMessageAsync("hello", TestContext.Current.CancellationToken);
        await UntilAsync(() => Echoed().SequenceEqual(["hello!"]));
    }

    [Fact]
    public async Task A_result_may_have_an_HTTP_answer_and_messages_for_queues()
    {
        await using TestHost host = await StartAsync();
        using HttpResponseMessage answer = await host.Http.GetAsync("/split", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(["one", """{"Id":"a","Amount":1}""", """{"Id":"b","Amount":2}"""], Echoed());
    }

    private Task<TestHost> StartAsync() => TestHost.StartAsync(
        azurite.ConnectionString,
        [typeof(HostLifeFunctions)],
        new Dictionary<string, string?> { ["extensions:http:routePrefix"] = "", ["extensions:queues:maxPollingInterval"] = "00:00:00.2" },
        builder =>
        {
            builder.Configuration["TextQueue"] = _name;
            builder.Configuration["EchoQueue"] = _name + "-echo";
            builder.Configuration["Embedded:FunctionKey"] = "function-key";
            builder.Configuration["Embedded:MasterKey"] = "master-key";
            builder.Configuration["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] = "1000";
            builder.Services.AddSingleton(_seen);
        });

    private static List<Activity> Ended(List<Activity> spans)
    {
        lock (spans)
            return [.. spans];
    }

    private IEnumerable<string> Echoed() => Queue(_name + "-echo") is var queue && queue.Exists()
        ? queue.PeekMessages(32).Value.Select((PeekedMessage message) => message.Body.ToString())
        : [];

    private QueueClient Queue(string name) => new(
        azurite.ConnectionString, name, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
}
