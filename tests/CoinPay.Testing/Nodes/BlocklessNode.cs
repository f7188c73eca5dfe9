using System.Text.Json;
using CoinPay.Chains.Evm;
using CoinPay.Testing.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CoinPay.Testing.Nodes;

/// <summary>
/// A node, EVM and regtest in one, that knows its chain and our contracts, and no blocks: wallets and invoices can be made, and every poll
/// fails, so that a test alone says what the chain shows.
/// </summary>
internal sealed class BlocklessNode : IAsyncDisposable
{
    private const string RegtestGenesis = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206";
    private const string Decimals = "0x313ce567";
    private readonly WebApplication _app;
    private readonly string _chainId;

    private BlocklessNode(WebApplication app, Uri rpc, long chainId) => (_app, Rpc, _chainId) = (app, rpc, $"0x{chainId:x}");

    public Uri Rpc { get; }

    public static async Task<BlocklessNode> StartAsync(long chainId = 31337)
    {
        Uri rpc = new($"http://127.0.0.1:{LocalProcess.FreePort()}");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(rpc.GetLeftPart(UriPartial.Authority));
        BlocklessNode node = new(builder.Build(), rpc, chainId);
        node._app.Run(node.AnswerAsync);
        await node._app.StartAsync();
        return node;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using JsonDocument batch = await JsonDocument.ParseAsync(context.Request.Body);
        await context.Response.WriteAsJsonAsync(batch.RootElement.EnumerateArray().Select(call =>
        {
            int id = call.GetProperty("id").GetInt32();
            return ResultOf(call.GetProperty("method").GetString()!, call.GetProperty("params")) is { } result
                ? new { jsonrpc = "2.0", id, result }
                : (object)new { jsonrpc = "2.0", id, error = new { code = -32601, message = "this node has no blocks" } };
        }).ToArray());
    }

    private object? ResultOf(string method, JsonElement parameters) => method switch
    {
        "eth_chainId" => _chainId,
        "eth_getCode" => "0x",
        "eth_call" when IsTo(ForwarderFactory.DeploymentProxy, parameters) => ForwarderFactory.Address.ToLowerInvariant(),
        "eth_call" when parameters[0].TryGetProperty("data", out JsonElement data) && data.GetString() == Decimals =>
            "0x" + 6.ToString("x64"),
        "eth_call" => "0x",
        "getblockhash" when parameters[0].GetInt64() == 0 => RegtestGenesis,
        "getblockchaininfo" => new { chain = "regtest" },
        _ => null,
    };

    private static bool IsTo(string address, JsonElement parameters) =>
        string.Equals(parameters[0].GetProperty("to").GetString(), address, StringComparison.OrdinalIgnoreCase);
}
