using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using CoinPay.Host.App;

namespace CoinPay.Host.Worker;

/// <summary>Runs the app's program on a thread of this process. It reaches the host over loopback, as a separate process would.</summary>
internal sealed class WorkerInThisProcess(AppFolder folder) : IWorkerProgram
{
    public Task<int> RunAsync(Uri endpoint)
    {
        // Through the environment: the worker reads the process's command line, not its Main arguments.
        Set("HostEndpoint", endpoint.ToString());
        Set("WorkerId", Guid.NewGuid().ToString());
        Set("RequestId", Guid.NewGuid().ToString());
        Set("GrpcMaxMessageLength", int.MaxValue.ToString(CultureInfo.InvariantCulture));
        Assembly app = Load();
        // The worker finds its generated code through the entry assembly.
        Assembly.SetEntryAssembly(app);
        TaskCompletionSource<int> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Run(app.EntryPoint!, ended)) { IsBackground = true, Name = "worker" }.Start();
        return ended.Task;
    }

    public void Kill()
    {
        // The thread ends with this process.
    }

    private Assembly Load()
    {
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            Path.Combine(folder.Path, name.Name + ".dll") is var file && File.Exists(file) ? context.LoadFromAssemblyPath(file) : null;
        return AssemblyLoadContext.Default.LoadFromAssemblyPath(folder.AssemblyFile);
    }

    private static void Run(MethodInfo main, TaskCompletionSource<int> ended)
    {
        try
        {
            WorkerSignals.LeaveToTheHost();
            object?[] arguments = main.GetParameters().Length == 0 ? [] : [Array.Empty<string>()];
            ended.SetResult(main.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null) as int? ?? 0);
        }
        catch (Exception failure)
        {
            ended.SetException(failure);
        }
    }

    private static void Set(string name, string value) => Environment.SetEnvironmentVariable("Functions__Worker__" + name, value);
}
