using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace CoinPay.Testing.Nodes;

/// <summary>What is wrong with an EVM node or with the provider before it, as public reports describe it.</summary>
/// <param name="Name">Names the fault in a test's name.</param>
internal sealed record NodeFault(string Name)
{
    public static readonly NodeFault None = new("none");

    /// <summary>The log index is broken or behind: no log of any block, asked for by hash or by range.</summary>
    public static readonly NodeFault EmptyLogs = new("empty logs") { Spoil = OnLogs(static _ => new JsonArray()) };

    /// <summary>Of several logs, only the first.</summary>
    public static readonly NodeFault FirstLogOnly = new("first log only")
    {
        Spoil = OnLogs(static logs => new JsonArray([.. logs.Take(1).Select(log => log!.DeepClone())])),
    };

    /// <summary>A proxy puts the answers of two servers together.</summary>
    public static readonly NodeFault DoubledLogs = new("doubled logs")
    {
        Spoil = OnLogs(static logs => new JsonArray([.. logs.Concat(logs).Select(log => log!.DeepClone())])),
    };

    /// <summary>Logs of at most ten blocks at once, as on free plans.</summary>
    public static readonly NodeFault TenBlocksOfLogs = new("ten blocks of logs")
    {
        Spoil = static (method, parameters, answer) =>
        {
            if (method == "eth_getLogs" && parameters[0]!["fromBlock"] is { } from && Height(parameters[0]!["toBlock"]!) - Height(from) >= 10)
                Refuse(answer, -32600, "up to a 10 block range");
        },
    };

    /// <summary>One call is answered by an object where a list belongs.</summary>
    public static readonly NodeFault ObjectForList = new("object for list") { Spoil = OnLogs(static _ => new JsonObject()) };

    public static readonly NodeFault TooManyRequests = new("429")
    {
        Send = static (context, _) => WriteAsync(context, StatusCodes.Status429TooManyRequests, "slow down"),
    };

    public static readonly NodeFault ObjectForBatch = new("object for batch")
    {
        Send = static (context, _) => WriteAsync(
            context, StatusCodes.Status200OK, """{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"internal error"}}"""),
    };

    public static readonly NodeFault TruncatedJson = new("truncated JSON")
    {
        Send = static (context, answers) => WriteAsync(context, StatusCodes.Status200OK, answers[..(answers.Length / 2)]),
    };

    /// <summary>The connection stays open and nothing comes.</summary>
    public static readonly NodeFault Silence = new("silence")
    {
        Send = static (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted),
    };

    /// <summary>At most so many calls in one batch.</summary>
    public static NodeFault BatchesOf(int most) => new($"batches of {most}") { MaxBatch = most };

    public int? MaxBatch { get; private init; }

    /// <summary>Changes an answer in place.</summary>
    public Action<string, JsonArray, JsonObject> Spoil { get; init; } = static (_, _, _) => { };

    /// <summary>Sends the answers, or what comes instead.</summary>
    public Func<HttpContext, string, Task> Send { get; init; } = static (context, answers) => context.Response.WriteAsync(answers);

    public override string ToString() => Name;

    private static Action<string, JsonArray, JsonObject> OnLogs(Func<JsonArray, JsonNode> spoil) => (method, _, answer) =>
    {
        if (method == "eth_getLogs" && answer["result"] is JsonArray logs)
            answer["result"] = spoil(logs);
    };

    private static void Refuse(JsonObject answer, int code, string message)
    {
        answer.Remove("result");
        answer["error"] = new JsonObject { ["code"] = code, ["message"] = message };
    }

    private static long Height(JsonNode number) =>
        long.Parse(number.GetValue<string>().AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static Task WriteAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body);
    }
}
