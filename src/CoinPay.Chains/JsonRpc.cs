using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using CoinPay.Core;

namespace CoinPay.Chains;

/// <summary>One call of a batch.</summary>
internal sealed record RpcCall(string Method, params object?[] Parameters);

/// <summary>A node's error for a refused call. Its text is kept and shown, so it is shortened.</summary>
internal sealed record RpcError(int Code, string? Message = null)
{
    public string? Message { get; } = Message is null ? null : ShortText.Of(Message);
}

/// <summary>A node's answer to one call: a result (which can be JSON null) or an error.</summary>
internal sealed record RpcAnswer<T>(T? Result, RpcError? Error);

/// <summary>
/// JSON-RPC with one node, always in batches, each with a time limit. Anything that prevents a complete answer to a
/// batch (no connection, a bad password, half an answer, something other than JSON) throws a
/// <see cref="ChainUnknownException"/>; an error of one call is an answer. A batch that the node refuses as a whole is
/// sent again in halves: providers limit batches, and say so in many ways. Source:
/// https://www.jsonrpc.org/specification; Bitcoin nodes answer in form 1.0, with a null error.
/// </summary>
internal sealed class JsonRpc(
    string network,
    Uri address,
    HttpClient http,
    INodeCredentials? credentials,
    TimeProvider time)
{
    /// <summary>The time limit for one batch.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    /// <summary>Larger than any answer to our batches: a few of the fullest Bitcoin blocks as JSON.</summary>
    private const long LargestAnswer = 128 * 1024 * 1024;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>After this time a node that refused large batches is offered them again.</summary>
    private static readonly TimeSpan LimitLifetime = TimeSpan.FromHours(1);

    /// <summary>The largest batch that the node may accept; batches of several pollers can find it at the same time.</summary>
    private int _maxBatch = int.MaxValue;
    private DateTimeOffset _limitedUntil = DateTimeOffset.MaxValue;

    /// <summary>Returns the answers in the order of the calls.</summary>
    public async Task<RpcAnswer<T>[]> BatchAsync<T>(IReadOnlyList<RpcCall> calls, CancellationToken cancellation)
    {
        if (time.GetUtcNow() >= _limitedUntil)
            (_maxBatch, _limitedUntil) = (int.MaxValue, DateTimeOffset.MaxValue);
        List<RpcAnswer<T>> answers = new(calls.Count);
        while (answers.Count < calls.Count)
        {
            RpcCall[] part = [.. calls.Skip(answers.Count).Take(_maxBatch)];
            try
            {
                answers.AddRange(await AnswerAsync<T>(part, cancellation));
            }
            catch (BatchRefusedException) when (part.Length > 1)
            {
                (_maxBatch, _limitedUntil) = (part.Length / 2, time.GetUtcNow() + LimitLifetime);
            }
            catch (BatchRefusedException refused)
            {
                throw new ChainUnknownException(network, refused.Message, refused);
            }
        }
        return [.. answers];
    }

    private async Task<RpcAnswer<T>[]> AnswerAsync<T>(RpcCall[] calls, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = new(TimeLimit, time);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return InOrder(calls, await SendAsync<T>(calls, either.Token));
        }
        catch (OperationCanceledException slow) when (!cancellation.IsCancellationRequested)
        {
            throw new ChainUnknownException(network, $"no answer within {TimeLimit.TotalSeconds} s", slow);
        }
        catch (Exception broken) when (broken is HttpRequestException or JsonException or IOException)
        {
            throw new ChainUnknownException(network, "no usable answer: " + broken.Message, broken);
        }
    }

    /// <summary>Makes one call that must have a result.</summary>
    public async Task<T> CallAsync<T>(string method, CancellationToken cancellation, params object?[] parameters)
    {
        RpcAnswer<T>[] answers = await BatchAsync<T>([new RpcCall(method, parameters)], cancellation);
        return ResultOf(answers[0], method);
    }

    /// <summary>Converts a plain JSON result to the type that the call defines.</summary>
    public T Read<T>(JsonElement result)
    {
        try
        {
            return result.Deserialize<T>(Json)
                ?? throw new ChainUnknownException(network, "received null instead of a result");
        }
        catch (Exception nonsense) when (nonsense is JsonException or InvalidOperationException)
        {
            throw new ChainUnknownException(network, "no usable answer: " + nonsense.Message, nonsense);
        }
    }

    /// <summary>Returns the result of a call that must have one.</summary>
    public T ResultOf<T>(RpcAnswer<T> answer, string method) =>
        answer.Error is { } error
            ? throw new ChainUnknownException(network, $"{method}: {error.Message} ({error.Code})")
            : answer.Result ?? throw new ChainUnknownException(network, method + " returned nothing");

    private async Task<List<Envelope<T>>> SendAsync<T>(RpcCall[] calls, CancellationToken cancellation)
    {
        IEnumerable<Request> batch = calls.Select((call, id) => new Request("2.0", id, call.Method, call.Parameters));
        using HttpRequestMessage request = new(HttpMethod.Post, address)
        {
            Content = JsonContent.Create(batch, options: Json),
        };
        request.Headers.Authorization = credentials is null ? null : await credentials.FindAsync(cancellation);
        using HttpResponseMessage response =
            await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            credentials?.Refused();
            throw new ChainUnknownException(network, $"the node refused access: HTTP {(int)response.StatusCode}");
        }
        await response.Content.LoadIntoBufferAsync(LargestAnswer, cancellation);
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellation);
        int start = body.AsSpan().IndexOfAnyExcept(" \t\r\n"u8);
        if (start < 0)
            throw new ChainUnknownException(network, $"HTTP {(int)response.StatusCode} without an answer");
        if (body[start] == '[')
            return JsonSerializer.Deserialize<List<Envelope<T>>>(body, Json)!;
        string reason = "the batch was refused: " + Reason(body, response.StatusCode);
        // Smaller batches are more requests: not what a node wants that is asked too often or is failing.
        bool isAboutSize = body[start] == '{' && response.StatusCode != HttpStatusCode.TooManyRequests
            && (int)response.StatusCode < (int)HttpStatusCode.InternalServerError;
        throw isAboutSize ? new BatchRefusedException(reason) : new ChainUnknownException(network, reason);
    }

    private RpcAnswer<T>[] InOrder<T>(RpcCall[] calls, List<Envelope<T>> answers)
    {
        RpcAnswer<T>?[] ordered = new RpcAnswer<T>?[calls.Length];
        foreach (Envelope<T> answer in answers)
        {
            if (answer.Id is not { } id || id < 0 || id >= ordered.Length)
                continue;
            if (ordered[id] is not null)
                throw new ChainUnknownException(network, calls[id].Method + " was answered twice");
            ordered[id] = new RpcAnswer<T>(answer.Result, answer.Error);
        }
        int missing = Array.IndexOf(ordered, null);
        if (missing < 0)
            return [.. ordered.OfType<RpcAnswer<T>>()];
        string reason = calls[missing].Method + " was not answered";
        // Geth refuses a batch that is too large by an error under the id of its first call.
        RpcError? refused = answers is [{ Error: { } error }] ? error : null;
        throw refused is null
            ? new ChainUnknownException(network, reason)
            : new BatchRefusedException($"{reason}: {refused.Message} ({refused.Code})");
    }

    /// <summary>A provider's reason for refusing the whole batch, as far as it is readable.</summary>
    private static string Reason(byte[] body, HttpStatusCode status)
    {
        const int longest = 200;
        return $"HTTP {(int)status} {Encoding.UTF8.GetString(body.AsSpan(..Math.Min(body.Length, longest)))}";
    }

    /// <summary>The node answered none of a batch's calls, possibly because there are too many.</summary>
    private sealed class BatchRefusedException(string reason) : Exception(reason);

    private sealed record Request(string Jsonrpc, int Id, string Method, object?[] Params);

    private sealed record Envelope<T>(int? Id = null, T? Result = default, RpcError? Error = null);
}
