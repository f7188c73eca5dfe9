using System.Net;
using System.Text;
using System.Text.Json;
using CoinPay.Chains.Bitcoin;
using CoinPay.Chains.Evm;
using CoinPay.Testing.Chains;

namespace CoinPay.Chains.Tests;

/// <summary>
/// A node that says what a test wants, under the HTTP seam: what no real node can be made to say (half an answer, logs
/// of another block, a provider's limits). Each call is answered by a result, or by <see cref="Refused"/>.
/// </summary>
internal sealed class FakeNode(Func<string, JsonElement, object?> answer) : HttpMessageHandler
{
    /// <summary>An error of one call.</summary>
    public sealed record Refused(int Code, string Message);

    /// <summary>The methods of each batch that was asked.</summary>
    public List<string[]> Batches { get; } = [];

    /// <summary>Rewrites a batch's body before it goes out.</summary>
    public Func<string, string> Garble { get; init; } = static body => body;

    public HttpStatusCode Status { get; init; } = HttpStatusCode.OK;

    /// <summary>A node that answers every batch with this body.</summary>
    public static FakeNode Saying(string body, HttpStatusCode status = HttpStatusCode.OK) =>
        new(static (_, _) => null) { Garble = _ => body, Status = status };

    public EvmChain Evm(params string[] tokens) =>
        new(TestNetworks.Evm(new Uri("http://127.0.0.1:1"), 31337, tokens), new HttpClient(this, false), TimeProvider.System);

    public BitcoinChain Bitcoin(string chain = "regtest") =>
        new(TestNetworks.Bitcoin(chain: chain), new HttpClient(this, disposeHandler: false), null, TimeProvider.System);

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        JsonElement[] calls =
            [.. JsonElement.Parse(await request.Content!.ReadAsStringAsync(cancellationToken)).EnumerateArray()];
        lock (Batches)
            Batches.Add([.. calls.Select(call => call.GetProperty("method").GetString()!)]);
        string body = JsonSerializer.Serialize(calls.Select(Answer));
        return new HttpResponseMessage(Status) { Content = new StringContent(Garble(body), Encoding.UTF8) };
    }

    private object Answer(JsonElement call)
    {
        int id = call.GetProperty("id").GetInt32();
        return answer(call.GetProperty("method").GetString()!, call.GetProperty("params")) switch
        {
            Refused refused => new { jsonrpc = "2.0", id, error = new { code = refused.Code, message = refused.Message } },
            var result => new { jsonrpc = "2.0", id, result },
        };
    }
}
