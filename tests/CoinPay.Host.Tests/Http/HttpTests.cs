using System.Net;
using System.Text.Json.Nodes;
using CoinPay.Host.TestApp;
using CoinPay.Host.Tests.World;
using Xunit;

namespace CoinPay.Host.Tests.Http;

[Collection(InProcess.Name)]
public sealed class HttpInProcessTests(InProcessHost host) : HttpTests(host);

[Collection(OutOfProcess.Name)]
public sealed class HttpOutOfProcessTests(OutOfProcessHost host) : HttpTests(host);

/// <summary>What HTTP callers get, which is the same wherever the app runs.</summary>
public abstract class HttpTests(SharedHost host)
{
    private const string Caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private HttpClient Http => host.Host.Http;

    [Theory]
    [InlineData("/v1/greetings/ann/2", "hello ann hello ann")]
    [InlineData("/v1/greetings/ann", "hello ann")]
    [InlineData("/", "root")]
    public async Task A_function_is_found_by_its_route(string path, string answer) => Assert.Equal(answer, await Http.GetStringAsync(path));

    [Fact]
    public async Task Two_functions_share_a_route_by_method()
    {
        using HttpResponseMessage answer = await Http.PostAsync("/v1/greetings/ann", new StringContent("hi"));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("ann: hi", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("GET", "/nowhere")]
    [InlineData("DELETE", "/v1/greetings/ann")]
    [InlineData("GET", "/v1/greetings/ann/not-a-number")]
    public async Task What_no_function_takes_is_an_empty_404(string method, string path)
    {
        using HttpResponseMessage answer = await Http.SendAsync(new(new(method), path));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task An_unhandled_exception_is_an_empty_500()
    {
        using HttpResponseMessage answer = await Http.GetAsync("/throw");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("function", "", HttpStatusCode.Unauthorized)]
    [InlineData("function", "wrong", HttpStatusCode.Unauthorized)]
    [InlineData("function", HostProcess.SystemKey, HttpStatusCode.Unauthorized)]
    [InlineData("function", SharedHost.FunctionKey, HttpStatusCode.OK)]
    [InlineData("function", SharedHost.MasterKey, HttpStatusCode.OK)]
    [InlineData("system", SharedHost.FunctionKey, HttpStatusCode.Unauthorized)]
    [InlineData("system", HostProcess.SystemKey, HttpStatusCode.OK)]
    [InlineData("admin", SharedHost.FunctionKey, HttpStatusCode.Unauthorized)]
    [InlineData("admin", SharedHost.MasterKey, HttpStatusCode.OK)]
    public async Task A_function_is_open_to_the_keys_of_its_level(string level, string key, HttpStatusCode status)
    {
        using HttpResponseMessage byQuery = await Http.GetAsync($"/keys/{level}?code={key}");
        Assert.Equal(status, byQuery.StatusCode);
        using HttpRequestMessage request = new(HttpMethod.Get, $"/keys/{level}");
        request.Headers.TryAddWithoutValidation("x-functions-key", key);
        using HttpResponseMessage byHeader = await Http.SendAsync(request);
        Assert.Equal(status, byHeader.StatusCode);
    }

    [Theory]
    [InlineData(SharedHost.BodyLimit, HttpStatusCode.OK)]
    [InlineData(SharedHost.BodyLimit + 1, HttpStatusCode.InternalServerError)]
    public async Task A_body_beyond_the_setting_fails_its_function_as_on_the_real_host(int bytes, HttpStatusCode status)
    {
        using ByteArrayContent body = new(new byte[bytes]);
        using HttpResponseMessage answer = await Http.PostAsync("/measure", body);
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task An_answer_does_not_name_the_server()
    {
        using HttpResponseMessage found = await Http.GetAsync("/v1/greetings/ann"), missing = await Http.GetAsync("/nowhere");
        Assert.All([found, missing], answer => Assert.False(answer.Headers.Contains("Server")));
    }

    [Fact]
    public async Task What_only_a_platform_may_say_is_taken_from_a_request()
    {
        Reflection seen = await host.Host.MirrorAsync(
            ("x-ms-client-principal", "forged"), ("X-MS-CLIENT-PRINCIPAL-NAME", "forged"), ("x-ms-invocation-id", "forged"),
            ("X-Forwarded-For", "forged"), ("X-Forwarded-Proto", "forged"), ("X-Forwarded-Port", "forged"), ("x-mine", "kept"));
        Assert.DoesNotContain(seen.Headers, header => header.Value.Contains("forged", StringComparison.Ordinal));
        Assert.Equal("http://127.0.0.1", $"{seen.Scheme}://{seen.Client}");
        Assert.Equal(seen.InvocationId, seen.Headers["x-ms-invocation-id"]);
        Assert.Equal("kept", seen.Headers["x-mine"]);
        Assert.Equal(Http.BaseAddress!.Authority, seen.Headers["host"]);
    }

    [Fact]
    public async Task The_callers_trace_goes_on_in_the_function()
    {
        Reflection seen = await host.Host.MirrorAsync(("traceparent", Caller));
        Assert.Equal(Caller, seen.Headers["traceparent"]);
        Assert.StartsWith(Caller[..35], seen.TraceParent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_goes_away_cancels_its_function()
    {
        string topic = Guid.NewGuid().ToString("N");
        using CancellationTokenSource gone = new();
        Task<HttpResponseMessage> call = Http.GetAsync("/wait/" + topic, gone.Token);
        await host.Run.WrittenAsync(topic, "began");
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await host.Run.WrittenAsync(topic, "cancelled");
    }

    [Fact]
    public async Task A_function_logs_lines_that_name_it_and_its_invocation()
    {
        Reflection seen = await host.Host.MirrorAsync();
        string line = $" warn CoinPay.Host.TestApp.Mirror [Mirror {seen.InvocationId}] first line of Mirror⏎second line";
        await Eventually.UntilAsync(() => host.Host.Output.Contains(line, StringComparison.Ordinal), () => line + "\n" + host.Host.Output);
    }

    [Fact]
    public async Task A_ready_host_says_so_and_names_each_part()
    {
        await host.Host.IsReadyAsync();
        JsonNode said = JsonNode.Parse(await host.Host.ReadinessAsync())!;
        Assert.Equal(
            "ready, running, reachable, running, running",
            string.Join(", ", new[] { "status", "host", "storage", "hub", "worker" }.Select(part => (string?)said[part])));
    }

    [Fact]
    public async Task The_app_runs_where_it_was_asked_to() =>
        Assert.Equal(host.IsOutOfProcess, await host.Host.WorkerIdAsync() != host.Host.Id);
}
