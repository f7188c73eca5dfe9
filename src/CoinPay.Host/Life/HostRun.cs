using Azure.Storage.Blobs;
using CoinPay.Host.App;
using CoinPay.Host.Configuration;
using CoinPay.Host.Http;
using CoinPay.Host.Instance;
using CoinPay.Host.Logs;
using CoinPay.Host.Triggers;
using CoinPay.Host.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CoinPay.Host.Life;

/// <summary>One run of the host: starts its parts in order, and stops them in reverse.</summary>
internal sealed class HostRun : IAsyncDisposable
{
    /// <summary>The time limit for an app to list its functions.</summary>
    private static readonly TimeSpan AppStartLimit = TimeSpan.FromMinutes(2);

    private readonly AppFolder _folder;
    private readonly HostConfiguration _configuration;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _log;
    private readonly WorkerPool _workers = new();
    private readonly RunningInvocations _running = new();
    private readonly BlobContainerClient _storage;
    private readonly Readiness _readiness;
    private readonly PublicSite _site;
    private readonly NameLease _name;
    private WebApplication? _workerServer;
    private WorkerSupervisor? _worker;
    private TriggerSupervisor? _triggers;

    public HostRun(AppFolder folder, HostConfiguration configuration, ILoggerFactory loggers)
    {
        _folder = folder;
        _configuration = configuration;
        _loggers = loggers;
        _log = loggers.CreateLogger("CoinPay.Host");
        _storage = HostStorage.HostsContainer(configuration.Root);
        _readiness = new(_storage, _workers, configuration.Settings.Name);
        _site = new(configuration.Settings, _readiness, loggers);
        _name = new(_storage, configuration, loggers.CreateLogger<NameLease>());
    }

    /// <summary>Runs the app until a stop is requested (returns true) or the host cannot continue (returns false).</summary>
    /// <exception cref="StartException">The host cannot start.</exception>
    public async Task<bool> RunAsync(Task stopAsked)
    {
        await _site.StartAsync();
        using CancellationTokenSource stop = new();
        _ = stopAsked.ContinueWith(_ => stop.Cancel(), TaskScheduler.Default);
        if (!await OwnNameAsync(stop.Token))
            return true;
        try
        {
            return await RunAppAsync(stopAsked);
        }
        finally
        {
            await StopAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _triggers?.Dispose();
        if (_workerServer is not null)
            await _workerServer.DisposeAsync();
        await _site.StopAsync();
        await _site.DisposeAsync();
        _name.Dispose();
    }

    /// <summary>Returns false if a stop was requested before the name was free.</summary>
    private async Task<bool> OwnNameAsync(CancellationToken stop)
    {
        try
        {
            await HostStorage.PrepareAsync(_storage, _log, stop);
            await _name.AcquireAsync(() => _readiness.Phase = HostPhase.StandingBy, stop);
            _readiness.Phase = HostPhase.Starting;
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<bool> RunAppAsync(Task stopAsked)
    {
        Task ended = await StartWorkerAsync();
        Task first = await Task.WhenAny(stopAsked, ended, _workers.Functions, Task.Delay(AppStartLimit));
        if (first == _workers.Functions)
        {
            await OpenAsync([.. (await _workers.Functions).Where(function => !function.IsDisabled(_configuration.Root))]);
            first = await Task.WhenAny(stopAsked, ended, _name.Lost, _triggers!.Ended);
        }
        else if (first != stopAsked && first != ended)
        {
            _log.LogCritical("The app did not start within {Limit}", AppStartLimit);
        }
        return first == stopAsked;
    }

    /// <returns>A task that completes when the worker ends.</returns>
    private async Task<Task> StartWorkerAsync()
    {
        WorkerLog log = new(_loggers, _running);
        _workerServer = await WorkerServer.StartAsync(_folder, _workers, log, _loggers);
        IWorkerProgram program = _configuration.Settings.IsOutOfProcess
            ? new WorkerProcess(_folder, _loggers.CreateLogger<WorkerProcess>())
            : new WorkerInThisProcess(_folder);
        _worker = new(program, _workers, restarts: _configuration.Settings.IsOutOfProcess, _loggers.CreateLogger<WorkerSupervisor>());
        _worker.Start(new(_workerServer.Urls.First()));
        return _worker.Ended;
    }

    private async Task OpenAsync(IReadOnlyList<Function> functions)
    {
        HostKeys keys = new(_configuration.Root);
        DurableClients clients = new();
        Endpoint[] endpoints = [.. EndpointsOf([.. functions.Where(function => function.IsHttp)], keys, clients)];
        Binding[] inputs = [.. functions.Where(function => function.IsHttp).SelectMany(function => function.Inputs)];
        _triggers = new(TriggersOf([.. functions.Where(function => !function.IsHttp)]), OpenSiteAsync, _storage, _name, _readiness,
            _loggers.CreateLogger<TriggerSupervisor>());
        await _triggers.StartAsync();
        _readiness.Phase = HostPhase.Running;
        _log.LogInformation(
            "{Name} is running {Count} functions and listening on {Urls}",
            _configuration.Settings.Name, functions.Count, string.Join(", ", _configuration.Settings.Urls));

        async Task OpenSiteAsync(TriggerHost triggers)
        {
            await clients.ReadAsync(triggers.Jobs, inputs);
            _site.Open([.. endpoints, .. ExtensionWebhooks.EndpointsOf(triggers.Extensions, keys, _readiness)]);
        }
    }

    private IEnumerable<Endpoint> EndpointsOf(IReadOnlyList<Function> functions, HostKeys keys, DurableClients clients)
    {
        string prefix = _configuration.Root[$"{HostConfiguration.HostSection}:extensions:http:routePrefix"] ?? "api";
        HttpInvoker invoker = new(_workers, _worker!, _site.Forwarder, _running, clients, _configuration.FunctionTimeout, _loggers);
        FunctionEndpoints endpoints = new(invoker, keys, _loggers.CreateLogger<FunctionEndpoints>());
        return functions.Select(function => endpoints.ToEndpoint(function, FunctionRoute.Of(function, prefix)));
    }

    private Func<TriggerHost> TriggersOf(IReadOnlyList<Function> functions)
    {
        Type methods = FunctionMethods.Emit(functions);
        return () => new(
            _configuration, methods, new(_worker!, _loggers.CreateLogger<TriggerFailures>()), new(functions, _workers, _running), _loggers);
    }

    /// <summary>Accepts no more work, lets running work finish within the limit, and ends the app.</summary>
    private async Task StopAsync()
    {
        _readiness.Phase = HostPhase.Stopping;
        _log.LogInformation("Stopping; {Count} invocations are running", _running.Count);
        if (_triggers is not null)
        {
            await _triggers.DrainAsync();
            if (!await _running.HaveEndedAsync(_configuration.Settings.StopLimit))
                _log.LogWarning("Stopping with {Count} invocations still running", _running.Count);
            await _triggers.StopAsync();
        }
        if (_worker is not null)
            await _worker.StopAsync();
        await _site.StopAsync();
        if (_workerServer is not null)
            await _workerServer.StopAsync();
        await _name.ReleaseAsync();
        _log.LogInformation("Stopped");
    }
}
