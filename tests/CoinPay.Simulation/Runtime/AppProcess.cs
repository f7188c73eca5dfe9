using CoinPay.Functions.Http;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Simulation.Chains;
using CoinPay.Simulation.Checks;
using CoinPay.Testing.Hub;
using CoinPay.Testing.Storage.Direct;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace CoinPay.Simulation.Runtime;

/// <summary>The whole gateway as one process runs it, over storage that outlives it. When it dies, everything in memory is lost.</summary>
internal sealed class AppProcess
{
    private readonly World _world;
    private readonly ServiceProvider _services;
    private readonly HubWorker _worker;
    private readonly bool _isPollerOnly;

    /// <param name="nodes">Its connections to the networks' nodes.</param>
    /// <param name="isPollerOnly">It does nothing but poll, beside another process that does everything.</param>
    public AppProcess(World world, IReadOnlyList<ModelNode> nodes, bool isPollerOnly = false)
    {
        (_world, Nodes, _isPollerOnly) = (world, nodes, isPollerOnly);
        Time = new ProcessTime(world.Time, Flow);
        HubDoor door = new(BeforeAsync, AfterAsync);
        Hub = new(world.Hub, door);
        _worker = new(world.Hub, Orchestrators(), door, BeginLater);
        _services = AppParts.For(this, world).BuildServiceProvider();
    }

    public IReadOnlyList<ModelNode> Nodes { get; }

    /// <summary>Its access to the task hub as a client.</summary>
    public HubServer Hub { get; }

    public Flow Flow { get; } = new();

    public TimeProvider Time { get; }

    public bool IsDead => Flow.IsOver;

    public bool IsUp { get; private set; }

    public IServiceProvider Services => _services;

    public DurableTaskClient Durable => _services.GetRequiredService<DurableTaskClient>();

    /// <summary>A call of the process to its tables: it may be slow, and ends with it.</summary>
    public async ValueTask<TableAnswer> CallAsync(TableRequest request, TableCall tables)
    {
        await _world.Calls.BeforeAsync(this).ConfigureAwait(false);
        TableAnswer answer = await _world.Seams.CallAsync(_world, request, tables).ConfigureAwait(false);
        await _world.Calls.AfterAsync(this).ConfigureAwait(false);
        return answer;
    }

    /// <summary>Does what the host does before the first function runs.</summary>
    public Task StartAsync() => Begin(async () =>
    {
        await _services.GetRequiredService<Tables>().EnsureCreatedAsync(CancellationToken.None);
        if (!_isPollerOnly)
            _worker.Start();
        IsUp = true;
    });

    /// <summary>What it had taken from the hub's queues comes back to the next process.</summary>
    public void Kill()
    {
        if (IsDead)
            return;
        Flow.End();
        if (!_isPollerOnly)
            _world.Hub.Abandon();
    }

    public Task Begin(Func<Task> work) => Flow.Within(work);

    /// <summary>Runs a function by its name, as a trigger does.</summary>
    public Task RunAsync(string function, object? trigger) => Begin(() => NamedFunction.RunAsync(_services, function, trigger));

    private HubFunctions Orchestrators() =>
        new HubFunctions(ActivityAsync).Add<InvoiceReference, string>(nameof(InvoiceOrchestrator), InvoiceOrchestrator.Run);

    private async Task<string?> ActivityAsync(string name, string? input)
    {
        try
        {
            return await NamedFunction.RunActivityAsync(_services, name, input);
        }
        catch (Exception failure)
        {
            _world.Failed(failure);
            throw;
        }
    }

    /// <summary>The hub's work waits its turn in the flow like any continuation.</summary>
    private void BeginLater(Func<Task> work) => Flow.Post(_ => _world.Watch(this, work()), null);

    private Task BeforeAsync(HubOperation operation) => WatchedAsync(operation, async () =>
    {
        await _world.Calls.BeforeAsync(this);
        _world.Before(operation);
    });

    private Task AfterAsync(HubOperation operation)
    {
        _world.Log.Add(operation, _world.Now);
        return WatchedAsync(operation, () => _world.Calls.AfterAsync(this));
    }

    /// <summary>Records the hub's request at which it dies, if it does.</summary>
    private Task WatchedAsync(HubOperation operation, Func<Task> call)
    {
        bool wasDead = IsDead;
        Task going = call();
        if (IsDead && !wasDead)
            _world.Coverage.Happened(Situations.DeathAt(operation.Action));
        return going;
    }

    /// <summary>
    /// An HTTP call. Problems are answers, whatever else is thrown is a 500; a process that dies over it never answers.
    /// </summary>
    public async Task<Reply> CallAsync<TFunction>(
        Func<TFunction, HttpRequest, Task<IActionResult>> run, string key, byte[]? body, string? idempotencyKey = null)
    {
        Answering answering = new();
        DefaultHttpContext context = new() { RequestServices = _services };
        context.Features.Set<IHttpResponseFeature>(answering);
        context.Request.Headers.Authorization = "Bearer " + key;
        if (idempotencyKey is not null)
            context.Request.Headers[IdempotencyKey.Header] = idempotencyKey;
        if (body is not null)
            (context.Request.Body, context.Request.ContentType, context.Request.ContentLength) =
                (new MemoryStream(body), "application/json", body.Length);
        Reply reply = await ReplyAsync(run, context);
        await answering.CompleteAsync();
        return reply;
    }

    private async Task<Reply> ReplyAsync<TFunction>(Func<TFunction, HttpRequest, Task<IActionResult>> run, HttpContext context)
    {
        try
        {
            JsonAnswer answer = (JsonAnswer)await run(ActivatorUtilities.CreateInstance<TFunction>(_services), context.Request);
            return new(answer.Status, answer.Body.ToArray());
        }
        catch (ProblemException refused)
        {
            return new(refused.Problem.Status, refused.Problem.ToAnswer().Body.ToArray());
        }
        catch (Exception failure) when (failure is not SimulationException)
        {
            _world.Failed(failure);
            return new(StatusCodes.Status500InternalServerError, []);
        }
    }

    /// <summary>What is to be done once the answer is on its way, as a server does it: its failure changes no answer.</summary>
    private sealed class Answering : HttpResponseFeature
    {
        private readonly List<Func<Task>> _after = [];

        public override void OnCompleted(Func<object, Task> callback, object state) => _after.Add(() => callback(state));

        public async Task CompleteAsync()
        {
            foreach (Func<Task> callback in _after)
            {
                try
                {
                    await callback();
                }
                catch (Exception refused) when (refused is Azure.RequestFailedException or Grpc.Core.RpcException)
                {
                    // The sweeper starts what was stored and not started.
                }
            }
        }
    }
}

/// <summary>A response of the gateway: status and body.</summary>
internal sealed record Reply(int Status, byte[] Body);
