using System.Collections.Concurrent;
using System.Threading.Channels;
using CoinPay.Host.Protocol;
using Grpc.Core;

namespace CoinPay.Host.Worker;

/// <summary>The gRPC stream to one worker: sends messages in order and receives one response per invocation.</summary>
internal sealed class WorkerStream : IDisposable
{
    private readonly Channel<StreamingMessage> _outgoing = Channel.CreateUnbounded<StreamingMessage>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<string, Asked> _asked = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _closed = new();

    /// <summary>The address at which the worker accepts HTTP requests; null if it has no HTTP functions.</summary>
    public Uri? HttpUri { get; set; }

    /// <summary>Cancelled when the worker has ended or is told to end.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>Ids of the functions that are running in the worker, one per invocation.</summary>
    public IEnumerable<string> UnderWay => _asked.Values.Select(asked => asked.FunctionId);

    public void Send(StreamingMessage message) => _outgoing.Writer.TryWrite(message);

    /// <summary>Sends an invocation and waits for its response; throws <see cref="IOException"/> if the worker ends first.</summary>
    public async Task<InvocationResponse> InvokeAsync(InvocationRequest request, CancellationToken cancellation)
    {
        TaskCompletionSource<InvocationResponse> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[request.InvocationId] = new(request.FunctionId, answer);
        Send(new() { InvocationRequest = request });
        using CancellationTokenRegistration cancel = cancellation.Register(
            () => Send(new() { InvocationCancel = new() { InvocationId = request.InvocationId } }));
        using CancellationTokenRegistration gone = _closed.Token.Register(
            () => answer.TrySetException(new IOException("The worker ended while the function was running.")));
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

    /// <summary>Writes sent messages until the stream is closed.</summary>
    public async Task WriteAsync(IServerStreamWriter<StreamingMessage> writer)
    {
        try
        {
            await foreach (StreamingMessage message in _outgoing.Reader.ReadAllAsync(_closed.Token))
                await writer.WriteAsync(message, _closed.Token);
        }
        catch (Exception over) when (over is OperationCanceledException or IOException or InvalidOperationException or Grpc.Core.RpcException)
        {
            // The worker has ended: the reading side reports it.
        }
    }

    /// <summary>Ends the stream and every invocation in progress on it.</summary>
    public void Close() => _closed.Cancel();

    public void Dispose()
    {
        Close();
        _closed.Dispose();
    }

    private sealed record Asked(string FunctionId, TaskCompletionSource<InvocationResponse> Answer);
}
