using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace CoinPay.Host.Worker;

/// <summary>
/// Keeps an app in this process from ending itself on SIGTERM, so that the host can let its functions end first. The app's own
/// builder says on a diagnostic channel when it builds, which is how test servers and tools change an app from outside.
/// Source: https://github.com/dotnet/runtime/blob/main/src/libraries/Microsoft.Extensions.HostFactoryResolver/src/HostFactoryResolver.cs
/// </summary>
internal sealed class WorkerSignals : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private static readonly AsyncLocal<bool> IsTheApp = new();

    private WorkerSignals()
    {
    }

    /// <summary>For what the calling thread, and what it starts, builds from now on.</summary>
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
