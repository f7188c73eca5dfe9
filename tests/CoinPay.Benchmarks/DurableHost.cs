using System.Diagnostics;
using CoinPay.Tests;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoinPay.Benchmarks;

/// <summary>This program as a Functions app, on the embedded runtime, in this process.</summary>
internal sealed class DurableHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly IHost _host;

    private DurableHost(IHost host) => _host = host;

    private DurableTaskClient Client => _host.Services.GetRequiredService<DurableTaskClient>();

    public static async Task<DurableHost> StartAsync(string storage)
    {
        FunctionsApplicationBuilder builder = FunctionsApplication.CreateBuilder(
        [
            "--urls", $"http://127.0.0.1:{LocalProcess.FreePort()}",
            "--AzureWebJobsStorage", storage,
            "--AzureFunctionsJobHost:extensions:durableTask:hubName", "Bench",
            "--Embedded:SystemKey", "system-key-of-a-benchmark",
        ]);
        builder.ConfigureFunctionsWebApplication();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddFilter(null, LogLevel.Warning);
        IHost host = builder.Build();
        await host.StartAsync();
        return new(host);
    }

    public Task<string> BeginAsync(string orchestrator) => Client.ScheduleNewOrchestrationInstanceAsync(orchestrator);

    public Task RaiseAsync(string instanceId) => Client.RaiseEventAsync(instanceId, "go");

    /// <summary>
    /// Waits until a client can see that the instance has completed: mostly one look, after its last activity has run.
    /// </summary>
    public async Task EndAsync(string instanceId)
    {
        await DurableFunctions.LastStepOf(instanceId).WaitAsync(Patience);
        Stopwatch waited = Stopwatch.StartNew();
        while (true)
        {
            OrchestrationMetadata? seen = await Client.GetInstanceAsync(instanceId, getInputsAndOutputs: true);
            if (seen?.RuntimeStatus == OrchestrationRuntimeStatus.Completed)
                return;
            if (seen?.IsCompleted == true || waited.Elapsed > Patience)
                throw new InvalidOperationException(
                    $"{instanceId}: {seen?.RuntimeStatus} {seen?.FailureDetails?.ErrorMessage}");
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
