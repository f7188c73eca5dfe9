using System.Net.Sockets;
using CoinPay.Host.App;
using CoinPay.Host.Protocol;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace CoinPay.Host.Worker;

/// <summary>
/// The conversation between host and worker, from the worker's first message to its end: the host initialises it, asks for its functions
/// and tells it to load them; from then on the worker answers invocations and sends log lines.
/// </summary>
internal sealed class WorkerConversation(AppFolder folder, WorkerPool pool, WorkerLog log, ILogger<WorkerConversation> ownLog)
    : FunctionRpc.FunctionRpcBase
{
    /// <summary>The version sent to the worker: a host's when this was written.</summary>
    private const string HostVersion = "4.1047.100";

    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(20);
    private readonly List<Function> _functions = [];
    private int _toLoad;

    public override async Task EventStream(
        IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context)
    {
        using WorkerStream stream = new();
        using CancellationTokenRegistration broken = context.CancellationToken.Register(stream.Close);
        Task writing = stream.WriteAsync(responseStream);
        try
        {
            while (await requestStream.MoveNext(stream.Closed))
                Take(requestStream.Current, stream);
        }
        catch (Exception over) when (over is IOException or OperationCanceledException or Grpc.Core.RpcException)
        {
            ownLog.LogDebug(over, "The worker's stream ended");
        }
        pool.Remove(stream);
        TellOfCut([.. stream.UnderWay]);
        stream.Close();
        await writing;
    }

    private void TellOfCut(IReadOnlyList<string> functions)
    {
        if (functions.Count > 0)
            ownLog.LogWarning(
                "The worker ended while {Count} functions were running: {Functions}",
                functions.Count, string.Join(", ", functions.Select(id => _functions.Find(function => function.Id == id)?.Name ?? id)));
    }

    private void Take(StreamingMessage message, WorkerStream stream)
    {
        switch (message.ContentCase)
        {
            case StreamingMessage.ContentOneofCase.StartStream:
                stream.Send(new()
                {
                    WorkerInitRequest = new() { HostVersion = HostVersion, WorkerDirectory = folder.Path, FunctionAppDirectory = folder.Path },
                });
                break;
            case StreamingMessage.ContentOneofCase.WorkerInitResponse:
                Greet(message.WorkerInitResponse, stream);
                break;
            case StreamingMessage.ContentOneofCase.FunctionMetadataResponse:
                Load(message.FunctionMetadataResponse, stream);
                break;
            case StreamingMessage.ContentOneofCase.FunctionLoadResponse:
                Loaded(message.FunctionLoadResponse, stream);
                break;
            case StreamingMessage.ContentOneofCase.InvocationResponse:
                stream.Answer(message.InvocationResponse);
                break;
            case StreamingMessage.ContentOneofCase.RpcLog:
                log.Write(message.RpcLog);
                break;
        }
    }

    private void Greet(WorkerInitResponse response, WorkerStream stream)
    {
        if (!Succeeded(response.Result, "The worker could not start"))
            return;
        if (response.Capabilities.TryGetValue("HttpUri", out string? uri))
            stream.HttpUri = new(uri);
        stream.Send(new() { FunctionsMetadataRequest = new() { FunctionAppDirectory = folder.Path } });
    }

    private void Load(FunctionMetadataResponse response, WorkerStream stream)
    {
        if (!Succeeded(response.Result, "The worker could not list its functions"))
            return;
        try
        {
            _functions.AddRange(response.FunctionMetadataResults.Select(Function.From));
        }
        catch (StartException refused)
        {
            pool.Refuse(refused);
            return;
        }
        _toLoad = _functions.Count;
        if (_toLoad == 0)
            pool.Refuse(new("The app has no functions."));
        foreach (Function function in _functions)
            stream.Send(new() { FunctionLoadRequest = new() { FunctionId = function.Id, Metadata = function.Metadata } });
    }

    private void Loaded(FunctionLoadResponse response, WorkerStream stream)
    {
        string name = _functions.Find(function => function.Id == response.FunctionId)?.Name ?? response.FunctionId;
        if (Succeeded(response.Result, $"Function '{name}' could not be loaded") && --_toLoad == 0)
            _ = OpenAsync(stream);
    }

    /// <summary>The worker reports that it has loaded all functions before its own web server listens.</summary>
    private async Task OpenAsync(WorkerStream stream)
    {
        while (stream.HttpUri is { } uri && !await ListensAsync(uri))
        {
            if (stream.Closed.IsCancellationRequested)
                return;
            await Task.Delay(ProbePause);
        }
        pool.Add(stream, _functions);
    }

    private static async Task<bool> ListensAsync(Uri uri)
    {
        using TcpClient probe = new();
        try
        {
            await probe.ConnectAsync(uri.Host, uri.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private bool Succeeded(StatusResult result, string otherwise)
    {
        if (result.Status == StatusResult.Types.Status.Success)
            return true;
        ownLog.LogError("{What}: {Why}\n{Stack}", otherwise, result.Exception?.Message, result.Exception?.StackTrace);
        pool.Refuse(new($"{otherwise}: {result.Exception?.Message}"));
        return false;
    }
}
