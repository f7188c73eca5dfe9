using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace CoinPay.Host.Worker;

/// <summary>
/// Prevents an in-process app from ending itself on SIGTERM, so that the host can let its functions finish first. The app's own builder
/// announces on a diagnostic channel when it builds, which is how test servers and tools change an app from outside.
/// Source: https://github.com/dotnet/runtime/blob/main/src/libraries/Microsoft.Extensions.HostFactoryResolver/src/HostFactoryResolver.cs
/// </summary>
internal sealed class WorkerSignals : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private static readonly AsyncLocal<bool> IsTheApp = new();

    private WorkerSignals()
    {
    }

    /// <summary>Applies to everything that the calling thread, and what it starts, builds from now on.</summary>
    public static void LeaveToTheHost()
    {
        IsTheApp.Value = true;
        DiagnosticListener.AllListeners.Subscribe(new WorkerSignals());
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.Extensions.Hosting")
            value.Subscribe(this);
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (IsTheApp.Value && value is { Key: "HostBuilding", Value: IHostBuilder builder })
            builder.ConfigureServices(services => services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>()));
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }
}
