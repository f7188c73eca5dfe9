using System.Net;
using System.Text;
using System.Text.Json;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Nodes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Chains.Tests;

/// <summary>Time limits, order and credentials of JSON-RPC.</summary>
public sealed class JsonRpcTests
{
    private static readonly RpcCall Call = new("anything");

    [Fact]
    public async Task A_node_that_takes_too_long_is_unknown()
    {
        FakeTimeProvider time = new();
        Task<RpcAnswer<string>[]> reading = Rpc(Hang, time).BatchAsync<string>([Call], CancellationToken.None);
        time.Advance(JsonRpc.TimeLimit - TimeSpan.FromSeconds(1));
        Assert.False(reading.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<ChainUnknownException>(() => reading);
    }

    [Fact]
    public async Task Who_no_longer_waits_is_told_so_and_not_that_the_node_is_unknown()
    {
        using CancellationTokenSource given = new();
        Task<RpcAnswer<string>[]> reading = Rpc(Hang).BatchAsync<string>([Call], given.Token);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task Answers_come_in_the_order_of_the_calls_whatever_order_they_are_sent_in()
    {
        const string answered =
            """[{"id":1,"result":"b"},{"id":7,"result":"x"},{"id":0,"error":{"code":-5,"message":"no"}}]""";
        JsonRpc rpc = Rpc((_, _) => Answer(answered));
        RpcAnswer<string>[] answers = await rpc.BatchAsync<string>([Call, Call], CancellationToken.None);
        Assert.Equal((-5, "b"), (answers[0].Error!.Code, answers[1].Result));
        ChainUnknownException unknown = Assert.Throws<ChainUnknownException>(() => rpc.ResultOf(answers[0], "anything"));
        Assert.Contains("no (-5)", unknown.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// bitcoind answers HTTP 500 with the error inside to a single call, and older providers to a batch.
    /// </summary>
    [Fact]
    public async Task An_error_of_a_call_is_read_whatever_the_status()
    {
        const string answered = """[{"id":0,"result":null,"error":{"code":-8,"message":"out of range"}}]""";
        JsonRpc rpc = Rpc((_, _) => Answer(answered, HttpStatusCode.InternalServerError));
        Assert.Equal(-8, (await rpc.BatchAsync<string>([Call], CancellationToken.None))[0].Error!.Code);
    }

    /// <summary>How a batch that is too large is refused: as an object, or as Geth does, by one error in an array.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(10, false)]
    [InlineData(100, false)]
    [InlineData(1, true)]
    [InlineData(10, true)]
    [InlineData(100, true)]
    public async Task A_batch_is_halved_until_the_provider_takes_it_and_its_limit_is_kept_for_an_hour(int most, bool inArray)
    {
        const string error = """{"jsonrpc":"2.0","id":0,"error":{"code":-32600,"message":"batch too large"}}""";
        FakeTimeProvider time = new();
        int refused = 0;
        JsonRpc rpc = Rpc(
            async (request, cancellation) =>
            {
                int calls = JsonElement.Parse(await request.Content!.ReadAsStringAsync(cancellation)).GetArrayLength();
                if (calls > most)
                {
                    refused++;
                    return await Answer(inArray ? $"[{error}]" : error);
                }
                return await Answer(JsonSerializer.Serialize(Enumerable.Range(0, calls).Select(id => new { id, result = "ok" })));
            },
            time);
        RpcCall[] calls = [.. Enumerable.Repeat(Call, 250)];
        Assert.Equal(250, (await rpc.BatchAsync<string>(calls, CancellationToken.None)).Count(answer => answer.Result == "ok"));
        int toFindIt = refused;
        Assert.InRange(toFindIt, 1, 8);
        await rpc.BatchAsync<string>(calls, CancellationToken.None);
        Assert.Equal(toFindIt, refused);
        time.Advance(TimeSpan.FromHours(1));
        await rpc.BatchAsync<string>(calls, CancellationToken.None);
        Assert.Equal(2 * toFindIt, refused);
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task A_node_that_is_asked_too_often_or_fails_is_not_asked_more(HttpStatusCode status)
    {
        int asked = 0;
        JsonRpc rpc = Rpc((_, _) =>
        {
            asked++;
            return Answer("""{"error":{"code":-32005,"message":"slow down"}}""", status);
        });
        await Assert.ThrowsAsync<ChainUnknownException>(() => rpc.BatchAsync<string>([Call, Call, Call], CancellationToken.None));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Credentials_go_to_the_node_and_into_no_message()
    {
        string? sent = null;
        JsonRpc rpc = new(
            "bitcoin", new Uri("http://127.0.0.1:1"),
            new HttpClient(new Handler((request, _) =>
            {
                sent = request.Headers.Authorization?.ToString();
                return Answer("", HttpStatusCode.Unauthorized);
            })),
            TestNetworks.Credentials("pass:word"), TimeProvider.System);
        ChainUnknownException refused =
            await Assert.ThrowsAsync<ChainUnknownException>(
                () => rpc.CallAsync<string>("anything", CancellationToken.None));
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Bitcoind.User + ":pass:word")), sent);
        Assert.DoesNotContain("pass:word", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rotated_password_is_taken_up_after_the_node_has_refused_the_old_one()
    {
        KnownSecrets secrets = new() { ["CoinPay:Networks:ours:User"] = "user", ["CoinPay:Networks:ours:Password"] = "old" };
        JsonRpc rpc = new(
            "ours", new Uri("http://127.0.0.1:1"),
            new HttpClient(new Handler((request, _) =>
            {
                string sent = Encoding.UTF8.GetString(Convert.FromBase64String(request.Headers.Authorization!.Parameter!));
                return sent == "user:new"
                    ? Answer("""[{"id":0,"result":"welcome"}]""")
                    : Answer("", HttpStatusCode.Unauthorized);
            })),
            new NodeCredentials(secrets, "ours", isDevelopment: true), TimeProvider.System);
        await Assert.ThrowsAsync<ChainUnknownException>(() => rpc.CallAsync<string>("anything", CancellationToken.None));
        secrets["CoinPay:Networks:ours:Password"] = "new";
        Assert.Equal("welcome", await rpc.CallAsync<string>("anything", CancellationToken.None));
    }

    [Fact]
    public async Task The_whole_URL_and_the_headers_of_a_node_come_from_secrets_and_rotate()
    {
        KnownSecrets secrets = new()
        {
            ["CoinPay:Networks:ours:Url"] = "https://node.example/v3/old-key",
            ["CoinPay:Networks:ours:Headers"] = """{"x-api-key":"one","x-origin":"two"}""",
        };
        List<string> sent = [];
        JsonRpc rpc = new(
            "ours", NodeAccess.SecretAddress,
            new HttpClient(new Handler((request, _) =>
            {
                sent.Add($"{request.RequestUri} {string.Join(',', request.Headers.GetValues("x-api-key"))} {request.Headers.GetValues("x-origin").Single()}");
                return request.RequestUri!.AbsolutePath == "/v3/new-key"
                    ? Answer("""[{"id":0,"result":"welcome"}]""")
                    : Answer("", HttpStatusCode.Forbidden);
            })),
            new NodeCredentials(secrets, "ours", isDevelopment: false), TimeProvider.System);
        await Assert.ThrowsAsync<ChainUnknownException>(() => rpc.CallAsync<string>("anything", CancellationToken.None));
        secrets["CoinPay:Networks:ours:Url"] = "https://node.example/v3/new-key";
        Assert.Equal("welcome", await rpc.CallAsync<string>("anything", CancellationToken.None));
        Assert.Equal(["https://node.example/v3/old-key one two", "https://node.example/v3/new-key one two"], sent);
    }

    [Theory]
    [InlineData("Url", "http://node.example/v3/KEY-OF-A-NODE-01", "must be https")]
    [InlineData("Url", "https://me:KEY-OF-A-NODE-01@node.example", "must be an http or https address")]
    [InlineData("Url", "KEY-OF-A-NODE-01", "must be an http or https address")]
    [InlineData("Headers", "x-api-key: KEY-OF-A-NODE-01", "must be JSON")]
    [InlineData("Headers", """{"x-api-key":["KEY-OF-A-NODE-01"]}""", "must be JSON")]
    public async Task A_secret_of_a_node_that_cannot_be_used_is_named_and_not_shown(string part, string text, string says)
    {
        KnownSecrets secrets = new() { ["CoinPay:Networks:ours:Url"] = "https://node.example", [$"CoinPay:Networks:ours:{part}"] = text };
        NodeCredentials credentials = new(secrets, "ours", isDevelopment: false);
        ChainUnknownException refused = await Assert.ThrowsAsync<ChainUnknownException>(async () => await credentials.FindAsync(default));
        Assert.Contains($"CoinPay:Networks:ours:{part} {says}", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("KEY-OF-A-NODE-01", refused.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_secret_URL_that_is_not_set_is_unknown() => Assert.Contains(
        "not set",
        (await Assert.ThrowsAsync<ChainUnknownException>(() => new JsonRpc(
            "ours", NodeAccess.SecretAddress, TestNetworks.Http, new NodeCredentials(new KnownSecrets(), "ours", false), TimeProvider.System)
            .CallAsync<string>("anything", CancellationToken.None))).Message,
        StringComparison.Ordinal);

    /// <summary>Whatever a node or a library repeats of the URL and the headers, in all that can be logged or answered.</summary>
    [Theory]
    [MemberData(nameof(Repetitions))]
    public async Task A_key_in_a_nodes_URL_or_headers_is_in_no_message(string what, bool isSecret)
    {
        const string inPath = "PATHKEY-0123456789", inQuery = "QUERYKEY-0123456789", inHeader = "HEADERKEY-0123456789";
        string all = $"{inPath} {inQuery} {inHeader} {inPath.ToLowerInvariant()} https://node.example/v2/{inPath}?key={inQuery}";
        Uri url = new($"https://node.example/v2/{inPath}?key={inQuery}");
        KnownSecrets secrets = new()
        {
            ["CoinPay:Networks:ours:Url"] = url.ToString(),
            ["CoinPay:Networks:ours:Headers"] = $$"""{"x-api-key":"{{inHeader}}"}""",
        };
        JsonRpc rpc = new(
            "ours", isSecret ? NodeAccess.SecretAddress : url, new HttpClient(new Handler((_, _) => Repeat(what, all))),
            new NodeCredentials(secrets, "ours", isDevelopment: false), TimeProvider.System);

        ChainUnknownException unknown =
            await Assert.ThrowsAsync<ChainUnknownException>(() => rpc.CallAsync<string>("anything", CancellationToken.None));

        foreach (string key in new[] { inPath, inQuery, inHeader })
            Assert.DoesNotContain(key, unknown.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.False(isSecret && unknown.ToString().Contains("node.example", StringComparison.Ordinal), unknown.ToString());
        Assert.StartsWith("ours: ", unknown.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, bool> Repetitions() => [
        .. from what in new[] { "exception", "inner exception", "text", "text with 500", "error of the batch", "error of a call", "number", "401" }
           from isSecret in new[] { true, false }
           select new TheoryDataRow<string, bool>(what, isSecret)];

    private static Task<HttpResponseMessage> Repeat(string what, string all) => what switch
    {
        "exception" => throw new HttpRequestException(all),
        "inner exception" => throw new HttpRequestException("broken", new IOException(all)),
        "text" => Answer(all),
        "text with 500" => Answer(all, HttpStatusCode.InternalServerError),
        "error of the batch" => Answer($$$"""{"error":{"code":-32000,"message":"{{{all}}}"}}"""),
        "error of a call" => Answer($$$"""[{"id":0,"error":{"code":-32000,"message":"{{{all}}}"}}]"""),
        "number" => Answer("""[{"id":0,"result":7}]"""),
        _ => Answer(all, HttpStatusCode.Unauthorized),
    };

    private static JsonRpc Rpc(Send answer, TimeProvider? time = null) =>
        new("anvil", new Uri("http://127.0.0.1:1"), new HttpClient(new Handler(answer)), null, time ?? TimeProvider.System);

    private static async Task<HttpResponseMessage> Hang(HttpRequestMessage request, CancellationToken cancellation)
    {
        await Task.Delay(Timeout.Infinite, cancellation);
        return new HttpResponseMessage();
    }

    private static Task<HttpResponseMessage> Answer(string body, HttpStatusCode status = HttpStatusCode.OK) =>
        Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body) });

    private delegate Task<HttpResponseMessage> Send(HttpRequestMessage request, CancellationToken cancellation);

    private sealed class Handler(Send answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) =>
            answer(request, cancellationToken);
    }
}
