using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CoinPay.Testing.Gateway;

/// <summary>A complete response of the gateway.</summary>
internal sealed record ApiAnswer(HttpStatusCode Status, string Text, HttpResponseHeaders Headers, string? ContentType)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    /// <summary>The value at a path such as <c>payment.address</c>, as text; null if it does not exist.</summary>
    public string? this[string path] => path.Split('.').Aggregate((JsonNode?)Json, (node, name) => node?[name])?.ToString();

    public ApiAnswer Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"expected {(int)status}, got {(int)Status}: {Text}");
        return this;
    }

    /// <summary>Asserts that this is an RFC 9457 problem with this code.</summary>
    public ApiAnswer ExpectProblem(HttpStatusCode status, string code)
    {
        Expect(status);
        Assert.Equal("application/problem+json", ContentType);
        Assert.Equal(code, this["code"]);
        Assert.Equal("/problems/" + code, this["type"]);
        Assert.Equal((int)status, Json["status"]!.GetValue<int>());
        Assert.False(string.IsNullOrEmpty(this["title"]));
        return this;
    }
}

/// <summary>Calls the gateway with one key.</summary>
internal sealed class Api : IDisposable
{
    /// <summary>A gateway that has just started reads its networks within seconds; on a busy machine it may take longer.</summary>
    private static readonly TimeSpan FirstPoll = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http;

    public Api(Uri gateway, string? key)
    {
        _http = new HttpClient(new DocumentedAnswers()) { BaseAddress = gateway, Timeout = TimeSpan.FromMinutes(2) };
        if (key is not null)
            _http.DefaultRequestHeaders.Authorization = new("Bearer", key);
    }

    public Task<ApiAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<ApiAnswer> PostAsync(string path, object? body, string? idempotencyKey = null) =>
        SendAsync(HttpMethod.Post, path, body is null ? null : JsonSerializer.Serialize(body), idempotencyKey);

    /// <summary>Waits until a gateway that has just started reads these networks: before that it takes no orders for them.</summary>
    public async Task WaitForNetworksAsync(params string[] names)
    {
        DateTime until = DateTime.UtcNow + FirstPoll;
        while (true)
        {
            ApiAnswer listed = (await GetAsync("/v1/networks")).Expect(HttpStatusCode.OK);
            if (names.All(name => listed.Json["data"]!.AsArray().Any(
                network => network!["name"]!.ToString() == name && network["status"]!.ToString() == "available")))
                return;
            if (DateTime.UtcNow > until)
                throw new TimeoutException($"{string.Join(", ", names)} not read within {FirstPoll}: {listed.Text}");
            await Task.Delay(100);
        }
    }

    public Task<ApiAnswer> PutAsync(string path, object body) => SendAsync(HttpMethod.Put, path, JsonSerializer.Serialize(body));

    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, string? body, string? idempotencyKey = null)
    {
        using HttpRequestMessage request = new(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        using HttpResponseMessage response = await _http.SendAsync(request);
        return new(
            response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            response.Headers,
            response.Content.Headers.ContentType?.MediaType);
    }

    public void Dispose() => _http.Dispose();
}
