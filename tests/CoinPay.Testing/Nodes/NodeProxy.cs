using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoinPay.Testing.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CoinPay.Testing.Nodes;

/// <summary>
/// Stands before a node: a test makes it go dark, as a node that is stopped, refuse calls that this kind of node or
/// provider would not answer, or spoil answers as a <see cref="NodeFault"/>.
/// </summary>
internal sealed class NodeProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _node;

    private NodeProxy(WebApplication app, Uri address, HttpClient node)
    {
        _app = app;
        Address = address;
        _node = node;
    }

    public Uri Address { get; }

    /// <summary>No call is answered.</summary>
    public bool IsDark { get; set; }

    /// <summary>Calls that are answered with an error instead.</summary>
    public Func<string, JsonArray, bool> Refuses { get; set; } = (_, _) => false;

    /// <summary>What is wrong with the node.</summary>
    public NodeFault Fault { get; set; } = NodeFault.None;

    public static async Task<NodeProxy> StartAsync(Uri node)
    {
        Uri address = new($"http://127.0.0.1:{LocalProcess.FreePort()}");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.ToString());
        WebApplication app = builder.Build();
        NodeProxy proxy = new(app, address, new HttpClient { BaseAddress = node });
        app.Run(proxy.ForwardAsync);
        await app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _node.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        JsonArray calls = (await JsonNode.ParseAsync(context.Request.Body))!.AsArray();
        if (IsDark)
        {
            context.Abort();
            return;
        }
        if (Fault.MaxBatch is { } most && calls.Count > most)
        {
            await context.Response.WriteAsync(
                """{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"too many requests in one batch"}}""");
            return;
        }
        List<JsonNode> passed = [];
        JsonArray answers = [];
        foreach (JsonNode call in calls.OfType<JsonNode>())
            if (Refuses(call["method"]!.GetValue<string>(), call["params"]!.AsArray()))
                answers.Add((JsonNode)new JsonObject
                {
                    ["jsonrpc"] = "2.0",
                    ["id"] = call["id"]!.DeepClone(),
                    ["error"] = new JsonObject { ["code"] = -32601, ["message"] = "refused by the test" },
                });
            else
                passed.Add(call);
        if (passed.Count > 0)
            foreach (JsonNode answer in (await AskAsync(passed)).OfType<JsonNode>())
                answers.Add(answer.DeepClone());
        foreach ((JsonNode call, JsonNode answer) in calls.OfType<JsonNode>()
            .Select(call => (call, answers.OfType<JsonNode>().Single(answer => (int)answer["id"]! == (int)call["id"]!))))
            Fault.Spoil(call["method"]!.GetValue<string>(), call["params"]!.AsArray(), answer.AsObject());
        context.Response.ContentType = "application/json";
        await Fault.Send(context, answers.ToJsonString());
    }

    private async Task<JsonArray> AskAsync(List<JsonNode> calls)
    {
        using StringContent body = new(
            JsonSerializer.Serialize(calls), new MediaTypeHeaderValue("application/json"));
        using HttpResponseMessage answer = await _node.PostAsync((Uri?)null, body);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsArray();
    }
}
