using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace CoinPay.Testing.Nodes;

/// <summary>
/// JSON-RPC as a test speaks it to a node: one call, one response; an error is thrown with the node's message.
/// </summary>
internal sealed class JsonRpcCall : IDisposable
{
    /// <summary>A node closes a connection that was idle for 30 s (bitcoind's <c>-rpcservertimeout</c>), perhaps just as a call goes out on it.</summary>
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10) })
    {
        Timeout = TimeSpan.FromSeconds(60),
    };

    public JsonRpcCall(Uri rpc, string? user = null, string? password = null)
    {
        _http.BaseAddress = rpc;
        if (user is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    public async Task<JsonElement> SendAsync(string method, params object?[] parameters)
    {
        using HttpResponseMessage response = await _http.PostAsJsonAsync(
            (Uri?)null, new { jsonrpc = "2.0", id = 1, method, @params = parameters });
        string text = await response.Content.ReadAsStringAsync();
        if (text.Length == 0)
            throw new InvalidOperationException($"{method}: HTTP {(int)response.StatusCode} without a body");
        JsonElement answer = JsonElement.Parse(text);
        if (answer.TryGetProperty("error", out JsonElement error) && error.ValueKind != JsonValueKind.Null)
            throw new InvalidOperationException($"{method}: {error}");
        return answer.GetProperty("result");
    }

    public void Dispose() => _http.Dispose();
}
