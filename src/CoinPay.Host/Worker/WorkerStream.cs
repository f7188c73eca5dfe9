using System.Collections.Concurrent;
using System.Threading.Channels;
using CoinPay.Host.Protocol;
using Grpc.Core;

namespace CoinPay.Host.Worker;

/// <summary>The gRPC stream to one worker: messages out in order, and for each invocation one answer in.</summary>
internal sealed class WorkerStream : IDisposable
{
    private readonly Channel<StreamingMessage> _outgoing = Channel.CreateUnbounded<StreamingMessage>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<string, Asked> _asked = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _closed = new();

    /// <summary>Where the worker takes HTTP requests; null if it has no HTTP functions.</summary>
    public Uri? HttpUri { get; set; }

    /// <summary>Cancelled when the worker is gone or told to go.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>Ids of the functions that run in the worker, one for each invocation.</summary>
    public IEnumerable<string> UnderWay => _asked.Values.Select(asked => asked.FunctionId);

    public void Send(StreamingMessage message) => _outgoing.Writer.TryWrite(message);

    /// <summary>Sends an invocation and waits for its answer; throws <see cref="IOException"/> if the worker goes before.</summary>
    public async Task<InvocationResponse> InvokeAsync(InvocationRequest request, CancellationToken cancellation)
    {
        TaskCompletionSource<InvocationResponse> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[request.InvocationId] = new(request.FunctionId, answer);
        Send(new() { InvocationRequest = request });
        using CancellationTokenRegistration cancel = cancellation.Register(
            () => Send(new() { InvocationCancel = new() { InvocationId = request.InvocationId } }));
        using CancellationTokenRegistration gone = _closed.Token.Register(
            () => answer.TrySetException(new IOException("The worker ended while the function ran.")));
        try
        {
            return await answer.Task;
        }
        finally
        {
            _asked.TryRemove(request.InvocationId, out _);
        }
    }

    public void Answer(InvocationResponse response)
    {
        if (_asked.TryGetValue(response.InvocationId, out Asked? asked))
            asked.Answer.TrySetResult(response);
    }

    /// <summary>Writes what is sent until the stream is closed.</summary>
    public async Task WriteAsync(IServerStreamWriter<StreamingMessage> writer)
    {
        try
        {
            await foreach (StreamingMessage message in _outgoing.Reader.ReadAllAsync(_closed.Token))
                await writer.WriteAsync(message, _closed.Token);
        }
        catch (Exception over) when (over is OperationCanceledException or IOException or InvalidOperationException or Grpc.Core.RpcException)
        {
            // The worker is gone: the reading side says so.
        }
    }

    /// <summary>Ends the stream and every invocation under way on it.</summary>
    public void Close() => _closed.Cancel();

    public void Dispose()
    {
        Close();
        _closed.Dispose();
    }

    private sealed record Asked(string FunctionId, TaskCompletionSource<InvocationResponse> Answer);
}
